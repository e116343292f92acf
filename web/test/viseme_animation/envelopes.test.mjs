import assert from "node:assert/strict";
import { test } from "node:test";
import { closure, pressure, silence, swell } from "../../src/viseme_animation/envelopes.js";

const times = (from, to) =>
  Array.from({ length: Math.round((to - from) * 1000) + 1 }, (_, i) => from + i / 1000);
const steepest = (values) => Math.max(...values.slice(1).map((value, i) => Math.abs(value - values[i])));

test("a silence is full inside, zero outside, and never jumps", () => {
  const values = times(0, 2).map((time) => silence(0.5, 1.5, time));
  assert.equal(silence(0.5, 1.5, 1), 1);
  assert.equal(silence(0.5, 1.5, 0.45), 0);
  assert.equal(silence(0.5, 1.5, 1.53), 0);
  assert.ok(steepest(values) < 0.01);
});

test("a silence without an end continues", () => {
  assert.equal(silence(-Infinity, 1, -100), 1);
  assert.equal(silence(1, Infinity, 100), 1);
});

for (const length of [0.01, 0.02, 0.1, 0.25]) {
  test(`a closure of ${length * 1000} ms is complete for a tick and gone in the middle of its neighbours`, () => {
    const end = 0.5 + length;
    const middle = 0.5 + length / 2;
    const of = (time) => closure(0.5, end, 0.4, end + 0.1, time);
    for (const time of times(middle - 0.008, middle + 0.008)) assert.equal(of(time), 1);
    assert.equal(of(0.4), 0);
    assert.equal(of(end + 0.1), 0);
    assert.ok(steepest(times(0.3, 1).map(of)) < 0.04);
  });
}

test("lips part faster if a neighbour is close", () => {
  const of = (after) => closure(0.5, 0.56, 0.4, after, 0.56);
  assert.ok(of(0.565) < of(0.7));
});

test("lips are pressed most in the middle", () => {
  assert.equal(pressure(0.5, 0.7, 0.6), 1);
  assert.ok(pressure(0.5, 0.7, 0.65) < 0.7);
  assert.equal(pressure(0.5, 0.7, 0.75), 0);
});

test("a swell is 1 at both ends, and for a short sound", () => {
  for (const leads of [true, false]) {
    for (const time of [0, 0.2, 0.6, 0.8]) assert.equal(swell(0.2, 0.6, time, leads), 1);
    assert.equal(swell(0.2, 0.28, 0.24, leads), 1);
  }
});

test("in a long sound the jaw opens further and then less, the lips only further", () => {
  const [jaw, lips] = [true, false].map((leads) =>
    times(0.2, 0.6).map((time) => swell(0.2, 0.6, time, leads)),
  );
  assert.ok(Math.max(...jaw) > 1.2 && Math.min(...jaw) < 0.8);
  assert.ok(Math.max(...lips) > 1.2 && Math.min(...lips) === 1);
});
