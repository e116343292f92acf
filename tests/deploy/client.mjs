// The browser client in Node: one second of sound goes to the server that the argument names. Says on stdout, a line
// each, what becomes of the connection, what goes wrong, and at last how many frames came.
import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";

const web = new URL("../../web/", import.meta.url);
const { Audio2FaceClient } = await import(new URL("dist/audio2face-client.mjs", web));
const { WebSocket } = createRequire(new URL("package.json", web))("ws");

const RATE = 16000;
const sound = Int16Array.from({ length: RATE }, (_, i) => 9000 * Math.sign(Math.sin(0.05 * i)));

const client = new Audio2FaceClient(process.argv[2], { WebSocket });
client.on("connection", ({ state }) => console.log("connection", state));
client.on("error", ({ code }) => console.log("error", code));

const utterance = client.start({ sampleRate: RATE, audio: { currentTime: 0 } });
utterance.write(sound);
utterance.end();
while (client.getDebugState().framesReceived < 30) await wait(20);
console.log("frames", client.getDebugState().framesReceived);
process.exit();
