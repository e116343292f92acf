import assert from "node:assert/strict";
import { test } from "node:test";
import { JitterBuffer } from "../../src/audio/jitter_buffer.js";

const adaptive = () => new JitterBuffer(() => "adaptive");
const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} instead of ${b}`);

test("a fixed buffer stays what it was set to", () => {
  let setting = 0.4;
  const buffer = new JitterBuffer(() => setting);
  buffer.observe(0.9, 0.4, 0.1);
  assert.deepEqual([buffer.start, buffer.resume], [0.4, 0.4]);
  setting = 0;
  assert.deepEqual([buffer.start, buffer.resume], [0, 0]);
});

test("the adaptive buffer is empty while audio is in time", () => {
  const buffer = adaptive();
  for (let i = 0; i < 100; i++) buffer.observe(-0.03, 0.1, 0.1);
  assert.equal(buffer.start, 0);
});

test("it grows to what would have prevented the worst delay", () => {
  const buffer = adaptive();
  buffer.observe(0.3, 0.1, 0.1);
  close(buffer.start, 0.42);
  buffer.observe(0.1, 0.1, 0.1);
  close(buffer.start, 0.419);
});

test("audio that was nearly late makes it grow, too", () => {
  const buffer = adaptive();
  buffer.observe(-0.01, 0.1, 0.1);
  close(buffer.start, 0.11);
});

test("it shrinks slowly", () => {
  const buffer = adaptive();
  buffer.observe(0.38, 0.1, 0.1);
  close(buffer.start, 0.5);
  for (let i = 0; i < 100; i++) buffer.observe(-1, 1, 0.1);
  close(buffer.start, 0.4);
  for (let i = 0; i < 1000; i++) buffer.observe(-1, 1, 0.1);
  assert.equal(buffer.start, 0);
});

test("a pause of the source does not make it grow, and nothing makes it grow without limit", () => {
  const buffer = adaptive();
  buffer.observe(4, 0.1, 0.1);
  assert.equal(buffer.start, 0);
  for (let i = 0; i < 20; i++) buffer.observe(0.9, buffer.start, 0.1);
  assert.ok(buffer.start <= 1.5);
});

test("after an underrun it waits for a fraction of a second at most", () => {
  const buffer = adaptive();
  buffer.observe(0.9, 0.3, 0.1);
  assert.ok(buffer.start > 1);
  assert.equal(buffer.resume, 0.2);
});
