import assert from "node:assert/strict";
import { test } from "node:test";
import { shapeIndex } from "../../src/arkit.js";
import { Loudness } from "../../src/audio/loudness.js";

const JAW = shapeIndex("jawOpen");
const sine = (seconds, gain, rate = 16000) =>
  Float32Array.from({ length: seconds * rate }, (_, i) => gain * Math.sin(i * 0.2));
const jaw = (loudness, time) => {
  const out = new Float32Array(52);
  loudness.sample(time, out);
  return out[JAW];
};

test("silence closes the mouth, sound opens it", () => {
  const loudness = new Loudness(16000);
  loudness.push([new Float32Array(8000)]);
  loudness.push([sine(0.5, 0.5)]);
  loudness.push([new Float32Array(8000)]);
  loudness.finish();
  assert.equal(jaw(loudness, 0.25), 0);
  assert.ok(jaw(loudness, 0.75) > 0.4);
  assert.equal(jaw(loudness, 1.25), 0);
});

test("quiet recordings open it as far as loud ones", () => {
  for (const gain of [0.1, 0.9]) {
    const loudness = new Loudness(16000);
    loudness.push([sine(1, gain)]);
    assert.ok(jaw(loudness, 0.5) > 0.4, `${gain}`);
  }
});

test("splitting the audio changes nothing", () => {
  const [whole, pieces] = [new Loudness(44100), new Loudness(44100)];
  const sound = sine(1, 0.4, 44100);
  whole.push([sound]);
  for (let i = 0; i < sound.length; i += 777) pieces.push([sound.subarray(i, i + 777)]);
  for (let t = 0; t < 0.95; t += 0.05) assert.equal(jaw(whole, t), jaw(pieces, t));
});

test("channels are mixed", () => {
  const loudness = new Loudness(16000);
  loudness.push([sine(1, 0.5), sine(1, -0.5)]);
  assert.equal(jaw(loudness, 0.5), 0);
});

test("the lids are left alone", () => {
  const loudness = new Loudness(16000);
  loudness.push([sine(1, 0.5)]);
  const out = new Float32Array(52).fill(9);
  loudness.sample(0.5, out);
  assert.equal(out[0], 0);
});

test("trailing silence is measured", () => {
  const loudness = new Loudness(16000);
  loudness.push([sine(1, 0.5)]);
  assert.equal(loudness.trailingSilence, 0);
  loudness.push([new Float32Array(4800)]);
  assert.ok(Math.abs(loudness.trailingSilence - 0.3) < 0.02);
});
