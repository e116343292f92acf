import assert from "node:assert/strict";
import { test } from "node:test";
import { ContextClock, SteadyClock } from "../../src/audio/clock.js";
import { TICK } from "../support/world.mjs";

/**
 * Reads a source with steps of `step` seconds at 60 Hz for `seconds`.
 * @returns {number[]} errors, after the 300 ms in which the clock adapts to the source
 */
function errors({ step = 0, rate = 1, seconds = 5, phase = 0, clock = new SteadyClock() } = {}) {
  const found = [];
  for (let now = 0; now < seconds * 1000; now += TICK) {
    const truth = (now / 1000) * rate;
    const raw = step ? Math.max(0, Math.floor((truth - phase) / step) * step + phase) : truth;
    const read = clock.read(raw, now, rate, true);
    if (now > 300) found.push(Math.abs(read - truth));
  }
  return found.sort((a, b) => a - b);
}

test("an exact source is read exactly", () => {
  assert.ok(errors().at(-1) < 1e-9);
});

for (const step of [0.01, 0.025, 0.04]) {
  for (const phase of [0, 0.3 * step, 0.7 * step]) {
    test(`a source in steps of ${step} s, offset ${phase.toFixed(4)}, stays within a tick`, () => {
      const found = errors({ step, phase });
      assert.ok(found[Math.floor(found.length * 0.99)] < 0.0167, `${found.at(-1)}`);
    });
  }
}

test("the playback rate is applied", () => {
  assert.ok(errors({ rate: 1.5, step: 0.04 }).at(-1) < 0.04);
  assert.ok(errors({ rate: 0.5 }).at(-1) < 1e-9);
});

test("an element that starts, halts for 50 ms and starts again is not outrun", () => {
  const clock = new SteadyClock();
  const found = [];
  const halted = [0.0015, 0.0182, 0.0318, 0.0318, 0.0318, 0.0318, 0.0343];
  for (let i = 0; i < 60; i++) {
    const raw = halted[i] ?? 0.0343 + ((i - 6) * TICK) / 1000;
    found.push(clock.read(raw, i * TICK, 1, true) - raw);
  }
  assert.ok(Math.max(...found) <= 0.0081, `${found}`);
});

test("it stops while paused", () => {
  const clock = new SteadyClock();
  for (let i = 0; i < 60; i++) clock.read((i * TICK) / 1000, i * TICK, 1, true);
  for (let i = 60; i < 90; i++) assert.equal(clock.read(0.99, i * TICK, 1, false), 0.99);
  assert.equal(clock.rate, 0);
});

test("a seek is followed immediately", () => {
  const clock = new SteadyClock();
  for (let i = 0; i < 60; i++) clock.read((i * TICK) / 1000, i * TICK, 1, true);
  assert.equal(clock.read(30, 60 * TICK, 1, true), 30);
  assert.equal(clock.read(2, 61 * TICK, 1, true), 2);
});

test("it does not run before its source does", () => {
  const clock = new SteadyClock();
  for (let i = 0; i < 20; i++) assert.equal(clock.read(0, i * TICK, 1, true), 0);
});

test("it stops when the source stalls, and continues with it", () => {
  const clock = new SteadyClock();
  for (let i = 0; i < 60; i++) clock.read((i * TICK) / 1000, i * TICK, 1, true);
  let read = 0;
  for (let i = 60; i < 120; i++) read = clock.read(59 * (TICK / 1000), i * TICK, 1, true);
  assert.equal(read, 59 * (TICK / 1000));
  for (let i = 120; i < 180; i++) read = clock.read(((i - 60) * TICK) / 1000, i * TICK, 1, true);
  assert.ok(Math.abs(read - (119 * TICK) / 1000) < 0.005);
});

test("small corrections never run backwards", () => {
  const clock = new SteadyClock();
  let last = 0;
  for (let i = 0; i < 300; i++) {
    const jitter = ((i * 7919) % 13) / 1000;
    const read = clock.read(Math.max(0, (i * TICK) / 1000 - jitter), i * TICK, 1, true);
    assert.ok(read >= last);
    last = read;
  }
});

const context = (fields) => ({ state: "running", currentTime: 0, sampleRate: 48000, ...fields });

/** Runs both clocks to one second. */
function heard(source) {
  const clock = new ContextClock(source);
  let read = 0;
  for (let now = 0; now <= 1000; now += TICK) {
    source.currentTime = now / 1000 + 0.05;
    source.stamp?.(now);
    read = clock.read(now);
  }
  return read;
}

test("without timestamps the output latency is subtracted", () => {
  assert.ok(Math.abs(heard(context({ outputLatency: 0.05 })) - 1) < 0.005);
  assert.ok(Math.abs(heard(context({ baseLatency: 0.05 })) - 1) < 0.005);
});

test("a plausible timestamp is used", () => {
  const source = context({
    outputLatency: 0.05,
    stamp(now) {
      this.at = { contextTime: now / 1000 - 0.012, performanceTime: now };
    },
    getOutputTimestamp() {
      return this.at;
    },
  });
  assert.ok(Math.abs(heard(source) - 0.988) < 0.005);
});

test("an implausible timestamp is ignored", () => {
  const stamps = [{ contextTime: 40, performanceTime: 1 }, { contextTime: 0, performanceTime: 0 }, undefined];
  for (const stamp of stamps) {
    const source = context({ outputLatency: 0.05, getOutputTimestamp: () => stamp });
    assert.ok(Math.abs(heard(source) - 1) < 0.005);
  }
});

test("a suspended context stops the clock", () => {
  const source = context({ state: "suspended", currentTime: 3 });
  const clock = new ContextClock(source);
  assert.equal(clock.read(0), 3);
  assert.equal(clock.read(500), 3);
  assert.equal(clock.rate, 0);
});
