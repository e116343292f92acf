import { Heap } from "./heap.js";

/** @import { Network } from "./network.js" */

/** A device is fast enough if a step takes at most half of the time that it covers. */
const SHARE = 0.5;
/** Steps that are timed until one is fast enough: the first ones are interpreted, which takes a hundred times as long. */
const MOST_STEPS = 24;
/** Steps that are timed in any case, so that the time is not that of the first one. */
const LEAST_STEPS = 8;
/** Milliseconds in which it must have become fast. */
const LONGEST_MS = 3000;

/**
 * Compiles the kernel and compares one product with the plain one: some devices compute wrongly with SIMD.
 * @param {Uint8Array<ArrayBuffer>} wasm
 * @returns {Promise<WebAssembly.Module | null>} null if it cannot be used here
 */
export async function usableKernel(wasm) {
  try {
    const module = await WebAssembly.compile(wasm);
    const [a, b] = [product(new Heap(module)), product(new Heap(null))];
    return a.every((value, i) => value === b[i]) ? module : null;
  } catch {
    // No WebAssembly, no SIMD, or a policy without wasm-unsafe-eval.
    return null;
  }
}

/** Five rows take both ways through the kernel, and so do 40 columns. @param {Heap} heap */
function product(heap) {
  const [T, K, N] = [5, 12, 40];
  const [x, w, y] = [heap.allocate(T * K), heap.allocate(K * N), heap.allocate(T * N)];
  for (let i = x; i < y; i++) heap.floats[i] = ((i * 7919) % 1009) / 1009 - 0.3;
  heap.multiply(x, K, w, y, N, T, K, N);
  return heap.floats.slice(y, y + T * N);
}

/**
 * Times steps, with pauses in between, in which a page can do something else.
 * @param {Network} network
 * @param {() => number} now ms
 * @param {() => Promise<void>} pause
 * @returns {Promise<{stepMs: number, fast: boolean}>}
 */
export async function warmUp(network, now, pause) {
  const rate = 16000;
  const { stepRate } = network.layout;
  const most = (SHARE * 1000) / stepRate;
  const voice = network.open(rate);
  let stepMs = Number.POSITIVE_INFINITY;
  let spent = 0;
  for (let step = 0; step < (stepMs > most ? MOST_STEPS : LEAST_STEPS) && spent < LONGEST_MS; step++) {
    voice.write(new Float32Array(rate / stepRate).fill(0.1));
    const start = now();
    voice.run();
    const took = now() - start;
    stepMs = Math.min(stepMs, took);
    spent += took;
    await pause();
  }
  return { stepMs, fast: stepMs <= most };
}
