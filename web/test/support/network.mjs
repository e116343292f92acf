// The network of the package, audio to run it with, and a page that serves it.
import { readFileSync } from "node:fs";
import { Network } from "../../src/network/engine/network.js";
import { readNetwork } from "../../src/network/engine/network_file.js";
import { KERNEL_WASM } from "../../src/network/kernel_wasm.js";

/** The package's network, or another one: the tests of the conversion give its path. */
const PATH = process.env.NETWORK_FILE ?? new URL("../../network/network.bin", import.meta.url);
export const FILE = readFileSync(PATH);
const file = await readNetwork(bytesOf(FILE));
const kernel = new WebAssembly.Module(Buffer.from(KERNEL_WASM, "hex"));
const networks = new Map();

/** Returns a copy as an ArrayBuffer. */
export function bytesOf(buffer) {
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);
}

/** Returns the network with a kernel, "wasm" or "plain". */
export function network(kind = "wasm") {
  if (!networks.has(kind)) networks.set(kind, new Network(file, kind === "wasm" ? kernel : null));
  return networks.get(kind);
}

/** Returns something like a voice: harmonics that swell and fade, with a little noise. */
export function voiceLike(seconds, rate) {
  let seed = 1;
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => {
    const t = i / rate;
    seed = (seed * 16807) % 2147483647;
    const tone = [1, 2, 3, 5, 8].reduce((sum, k) => sum + Math.sin(2 * Math.PI * 130 * k * t) / k, 0);
    return 0.15 * tone * Math.max(0, Math.sin(7 * t)) + 0.01 * (seed / 2147483647 - 0.5);
  });
}

/** Runs a whole recording; returns the weights of all frames. `cut`: samples per write. */
export function animate(samples, rate, { kind, cut = samples.length } = {}) {
  const voice = network(kind).open(rate);
  const parts = [];
  for (let at = 0; at < samples.length; at += cut) {
    voice.write(samples.slice(at, at + cut));
    parts.push(voice.run().weights);
  }
  voice.end();
  parts.push(voice.run().weights);
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
