import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameTrack } from "../src/frame_track.js";

const ramp = (count, from = 0) => Float32Array.from({ length: count }, (_, i) => from + i);
const line = (values, fps = 30) => {
  const timeline = new FrameTrack(fps, 1);
  timeline.put(0, values);
  return timeline;
};
const at = (timeline, time, smoothing = 0) => {
  const out = new Float32Array(1);
  timeline.sample(time, out, smoothing);
  return out[0];
};

test("between frames it interpolates linearly", () => {
  const timeline = line(ramp(100));
  for (let i = 0; i < 500; i++) {
    const time = (i * 98.7) / 500 / 30;
    assert.ok(Math.abs(at(timeline, time) - time * 30) < 1e-4);
  }
});

test("at a frame it returns that frame", () => {
  const values = Float32Array.from({ length: 50 }, (_, i) => Math.fround(Math.sin(i * i)));
  const timeline = line(values);
  for (let i = 0; i < 50; i++) assert.ok(Math.abs(at(timeline, i / 30) - values[i]) < 1e-5);
});

test("before the first and after the last frame it holds", () => {
  const timeline = line([3, 4, 5]);
  assert.equal(at(timeline, -1), 3);
  assert.equal(at(timeline, 9), 5);
});

test("smoothing stays within the values, adds no lag, and flattens", () => {
  const spike = new Float32Array(61);
  spike[30] = 1;
  const timeline = line(spike);
  for (const smoothing of [0.2, 0.5, 1]) {
    for (let d = 0; d < 0.3; d += 0.01) {
      assert.ok(Math.abs(at(timeline, 1 - d, smoothing) - at(timeline, 1 + d, smoothing)) < 1e-6);
    }
    assert.ok(at(timeline, 1, smoothing) < 1);
  }
  assert.ok(Math.abs(at(line(ramp(100)), 1.5, 1) - 45) < 1e-4);
});

test("smoothing does not depend on the read times", () => {
  const timeline = line(Float32Array.from({ length: 90 }, () => 0.5));
  assert.ok(Math.abs(at(timeline, 1.2345, 0.7) - 0.5) < 1e-6);
});

test("ahead returns the seconds in hand", () => {
  const timeline = new FrameTrack(30, 1);
  assert.equal(timeline.ahead(0), -Infinity);
  timeline.put(0, ramp(31));
  assert.ok(Math.abs(timeline.ahead(0.5) - 0.5) < 1e-9);
  assert.ok(Math.abs(timeline.ahead(1.25) + 0.25) < 1e-9);
  timeline.finish();
  assert.equal(timeline.ahead(0.5), Infinity);
  assert.equal(timeline.ahead(1.05), Infinity);
  assert.equal(timeline.ahead(2), -Infinity);
});

test("values are mapped by column and scaled", () => {
  const timeline = new FrameTrack(30, 3);
  timeline.put(0, [10, 20, 30], [2, -1, 0], 0.1);
  const out = new Float32Array(3);
  timeline.sample(0, out);
  assert.deepEqual(
    [...out].map((v) => +v.toFixed(5)),
    [3, 0, 1],
  );
});

test("a gap is interpolated linearly", () => {
  const timeline = line([0]);
  timeline.put(10, [1]);
  for (let i = 0; i <= 10; i++) assert.ok(Math.abs(at(timeline, i / 30) - i / 10) < 1e-6);
});

test("repeated frames replace earlier ones", () => {
  const timeline = line([1, 1, 1]);
  timeline.put(1, [5]);
  assert.equal(at(timeline, 1 / 30), 5);
  assert.equal(timeline.end, 3);
});

test("growing keeps the content", () => {
  const timeline = new FrameTrack(30, 1);
  for (let i = 0; i < 1000; i++) timeline.put(i, [i]);
  assert.equal(at(timeline, 999 / 30), 999);
  assert.equal(at(timeline, 1 / 30), 1);
});

test("trimming drops only the past", () => {
  const timeline = line(ramp(3000));
  timeline.trim(50);
  assert.ok(Math.abs(at(timeline, 60) - 1800) < 1e-3);
  assert.ok(Math.abs(at(timeline, 0) - 1500) < 1e-3);
  timeline.put(3000, [3000]);
  assert.equal(at(timeline, 100), 3000);
});

test("a new server utterance starts from the last frame of the one before", () => {
  const timeline = line(new Float32Array(30).fill(1));
  timeline.splice(30);
  for (let i = 30; i < 40; i++) timeline.put(i, [0]);
  let last = 1;
  for (let i = 30; i < 40; i++) {
    assert.ok(Math.abs(at(timeline, i / 30) - last) < 0.15);
    last = at(timeline, i / 30);
  }
  assert.equal(last, 0);
});

test("a server utterance that starts after a gap is not blended", () => {
  const timeline = line([1, 1]);
  timeline.splice(10);
  timeline.put(10, [0]);
  assert.equal(at(timeline, 10 / 30), 0);
});
