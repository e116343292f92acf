import assert from "node:assert/strict";
import { test } from "node:test";
import { Resampler } from "../../src/audio/resample.js";

const sine = (length, rate) =>
  Float32Array.from({ length }, (_, i) => Math.sin((i * 2 * Math.PI * 440) / rate));

for (const [from, to] of [
  [24000, 48000],
  [16000, 44100],
  [44100, 48000],
  [96000, 48000],
]) {
  test(`${from} to ${to} keeps a tone, however it is split`, () => {
    const input = sine(from / 10, from);
    const whole = new Resampler(from, to).process(input);
    const cut = new Resampler(from, to);
    const pieces = [];
    for (let i = 0; i < input.length; i += 101) pieces.push(...cut.process(input.subarray(i, i + 101)));
    assert.equal(pieces.length, whole.length);
    const delay = 2 / from;
    for (let i = 10; i < whole.length; i++) {
      assert.ok(Math.abs(pieces[i] - whole[i]) < 1e-5);
      assert.ok(Math.abs(whole[i] - Math.sin((i / to - delay) * 2 * Math.PI * 440)) < 0.01);
    }
  });
}

test("the duration is unchanged", () => {
  const resampler = new Resampler(16000, 48000);
  let length = 0;
  for (let i = 0; i < 100; i++) length += resampler.process(new Float32Array(160)).length;
  assert.equal(length, 48000);
});

test("equal sample rates change nothing", () => {
  const input = sine(10, 16000);
  assert.equal(new Resampler(16000, 16000).process(input), input);
});
