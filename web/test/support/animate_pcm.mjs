// node animate_pcm.mjs RATE: mono float32 samples on stdin → float32 weights on stdout, 52 per frame, 50 frames per second.
import { readFileSync, writeFileSync } from "node:fs";
import { animate, bytesOf } from "./network.mjs";

const samples = new Float32Array(bytesOf(readFileSync(0)));
writeFileSync(1, new Uint8Array(animate(samples, Number(process.argv[2])).buffer));
