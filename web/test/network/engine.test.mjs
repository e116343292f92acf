// The network in the page: its frames do not depend on how the audio is cut, on the kernel, or on its length.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { Heap } from "../../src/network/engine/heap.js";
import { Network } from "../../src/network/engine/network.js";
import { readNetwork } from "../../src/network/engine/network_file.js";
import { usableKernel, warmUp } from "../../src/network/engine/self_test.js";
import { kernelBytes } from "../../src/network/host.js";
import { animate, bytesOf, FILE, network, voiceLike } from "../support/network.mjs";

const RATES = [8000, 11025, 16000, 44100, 96000];

for (const rate of RATES) {
  test(`streamed audio gives the bits of the whole, and plain JavaScript those of WebAssembly: ${rate} Hz`, () => {
    const samples = voiceLike(0.7, rate);
    const whole = animate(samples, rate);
    assert.equal(whole.length, 52 * 35);
    assert.ok(Math.max(...whole) > 0.1, "the mouth opens");
    for (const cut of [Math.round(rate / 50), 997]) assert.deepEqual(animate(samples, rate, { cut }), whole);
    assert.deepEqual(animate(samples, rate, { kind: "plain" }), whole);
  });
}

test("voices of different rates take turns without disturbing each other", () => {
  const rates = [16000, 48000, 16000, 11025];
  const audio = rates.map((rate, i) => voiceLike(0.3 + i / 10, rate));
  const voices = rates.map((rate) => network().open(rate));
  const parts = rates.map(() => []);
  for (let tick = 0; tick < 40; tick++)
    voices.forEach((voice, i) => {
      const size = rates[i] / 50;
      voice.write(audio[i].slice(Math.floor(tick * size), Math.floor((tick + 1) * size)));
      parts[i].push(...voice.run().weights);
    });
  voices.forEach((voice, i) => {
    voice.end();
    parts[i].push(...voice.run().weights);
    assert.deepEqual(Float32Array.from(parts[i]), animate(audio[i], rates[i]));
  });
});

test("a frame comes as soon as its look-ahead has", () => {
  const voice = network().open(16000);
  voice.write(new Float32Array(320 * (network().layout.lead + 1) - 1));
  assert.equal(voice.run().weights.length, 0);
  voice.write(new Float32Array(1));
  const { first, weights } = voice.run();
  assert.deepEqual([first, weights.length], [0, 52]);
});

test("every frame of silence is the same neutral face", () => {
  const frames = animate(new Float32Array(16000), 16000);
  for (let i = 52; i < frames.length; i++) assert.ok(Math.abs(frames[i] - frames[i % 52]) < 0.02);
});

test("a stream that never ends keeps no more than its last moment", () => {
  const voice = network().open(48000);
  const second = voiceLike(1, 48000);
  const sizes = [];
  for (let s = 0; s < 12; s++) {
    for (let at = 0; at < 48000; at += 960) {
      voice.write(second.subarray(at, at + 960));
      voice.run();
    }
    sizes.push([voice.bytes, network().heap.bytes]);
  }
  assert.deepEqual(sizes.at(-1), sizes[1]);
  assert.ok(sizes.at(-1)[0] < 100_000, `${sizes.at(-1)[0]} bytes`);
});

test("a voice that starts in the middle of the audio soon shows the same face", () => {
  const [samples, whole] = [voiceLike(4, 16000), animate(voiceLike(4, 16000), 16000)];
  const voice = network().open(16000, { step: 50, sample: 16000 });
  voice.write(samples.slice(16000));
  voice.end();
  const { first, weights } = voice.run();
  assert.equal(first, 50);
  assert.equal(weights.length, 150 * 52);
  const settled = 2 * 50;
  for (let i = settled * 52; i < 150 * 52; i++) assert.ok(Math.abs(weights[i] - whole[50 * 52 + i]) < 1e-6);
});

test("the audio may end at any sample", () => {
  for (const length of [1, 319, 320, 321, 1600]) {
    const frames = animate(voiceLike(1, 16000).slice(0, length), 16000);
    assert.equal(frames.length, 52 * Math.ceil((length * 50) / 16000), `${length} samples`);
  }
});

test("the kernel is accepted where it computes what the plain one does", async () => {
  const module = await usableKernel(kernelBytes());
  assert.ok(module instanceof WebAssembly.Module);
});

test("a kernel that computes wrongly is refused", async () => {
  const wrong = kernelBytes();
  // f32x4.mul becomes f32x4.sub.
  const at = wrong.findIndex((byte, i) => byte === 0xfd && wrong[i + 1] === 0xe6 && wrong[i + 2] === 0x01);
  assert.ok(at > 0);
  wrong[at + 1] = 0xe5;
  assert.equal(await usableKernel(wrong), null);
});

test("without WebAssembly there is no kernel", async (t) => {
  const { WebAssembly: kept } = globalThis;
  t.after(() => {
    globalThis.WebAssembly = kept;
  });
  globalThis.WebAssembly = undefined;
  assert.equal(await usableKernel(kernelBytes()), null);
});

/** Returns a clock by which each step takes the next of these milliseconds; the last ones take the last. */
function clock(...took) {
  let time = 0;
  let calls = 0;
  const now = () => {
    if (calls++ % 2 === 1) time += took.length > 1 ? took.shift() : took[0];
    return time;
  };
  return { now, steps: () => calls / 2 };
}
const pause = async () => {};

test("a device is too slow if a step takes more than half of its time", async () => {
  assert.deepEqual(await warmUp(network(), clock(9.5).now, pause), { stepMs: 9.5, fast: true });
  assert.deepEqual(await warmUp(network(), clock(15).now, pause), { stepMs: 15, fast: false });
});

test("a slow start is forgiven: compilers need some steps", async () => {
  assert.deepEqual(await warmUp(network(), clock(180, 80, 6).now, pause), { stepMs: 6, fast: true });
});

test("the time is that of the fastest of some steps, not of the first", async () => {
  assert.deepEqual(await warmUp(network(), clock(9, 2, 3).now, pause), { stepMs: 2, fast: true });
});

test("a hopeless device is not tried for long", async () => {
  const { now, steps } = clock(1000);
  assert.equal((await warmUp(network(), now, pause)).fast, false);
  assert.equal(steps(), 3);
});

test("a heap grows without moving what is in it", () => {
  const heap = new Heap(null);
  const at = heap.allocate(3);
  heap.floats.set([1, 2, 3], at);
  const far = heap.allocate(100_000);
  assert.equal(far % 4, 0);
  assert.deepEqual([...heap.floats.subarray(at, at + 3)], [1, 2, 3]);
});

const content = gunzipSync(FILE);
const changed = (from, to) => {
  const text = Buffer.from(content);
  text.write(to, text.indexOf(from), "latin1");
  return bytesOf(gzipSync(text, { level: 1 }));
};
const refused = {
  "a file that is cut": [() => bytesOf(FILE.subarray(0, 1_000_000)), /cut or damaged/],
  "a file whose content is cut": [
    () => bytesOf(gzipSync(content.subarray(0, 2_000_000), { level: 1 })),
    /is cut/,
  ],
  "an empty file": [() => new ArrayBuffer(0), /is cut/],
  "another version": [
    () => changed('"version":1', '"version":9'),
    /version 9, but this client reads version 1/,
  ],
  "a page that says not found": [
    () => new TextEncoder().encode("<!doctype html><title>404</title>").buffer,
    /not a network/,
  ],
  "JSON of something else": [() => changed("a2f-network", "a3f-network"), /not a network/],
};
for (const [what, [make, message]] of Object.entries(refused))
  test(`${what} is refused with a reason`, async () => {
    await assert.rejects(readNetwork(make()), message);
  });

test("a file that the browser has decompressed already can be read", async () => {
  const { layout, tensors } = await readNetwork(bytesOf(content));
  assert.equal(layout.blendshapes.length, 52);
  const again = new Network({ layout, tensors }, null);
  assert.equal(again.width, 52);
});
