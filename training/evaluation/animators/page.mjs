// Runs the built-in model as web pages do: node page.mjs RATE < mono samples (float32).
// The output is JSON: {fps, blendshapes, weights: a frame after another}.
import { readFileSync } from "node:fs";
import { Network } from "../../../web/src/network/engine/network.js";
import { readNetwork } from "../../../web/src/network/engine/network_file.js";
import { usableKernel } from "../../../web/src/network/engine/self_test.js";
import { kernelBytes } from "../../../web/src/network/host.js";

/** Samples per write, as from a microphone. */
const CUT = 1024;
/** @param {Buffer} bytes */
const bufferOf = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

const file = readFileSync(new URL("../../../web/network/network.bin", import.meta.url));
const network = new Network(await readNetwork(bufferOf(file)), await usableKernel(kernelBytes()));
const voice = network.open(Number(process.argv[2]));
const samples = new Float32Array(bufferOf(readFileSync(0)));
const weights = [];
for (let at = 0; at < samples.length; at += CUT) {
  voice.write(samples.subarray(at, at + CUT));
  weights.push(...voice.run().weights);
}
voice.end();
weights.push(...voice.run().weights);
const { stepRate: fps, blendshapes } = network.layout;
process.stdout.write(JSON.stringify({ fps, blendshapes, weights }));
