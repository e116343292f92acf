import assert from "node:assert/strict";
import { test } from "node:test";
import { Ladder } from "../src/ladder.js";
import { TICK } from "./world.mjs";

/** A source that has data up to `until` and always shows `value`. */
const source = (rank, value, until = Infinity) => ({
  rank,
  until,
  ahead(time) {
    return this.until - time;
  },
  sample(_time, out) {
    out.fill(value);
  },
});

/** Steps at 60 Hz; returns the largest change of a tick. */
function run(ladder, sources, from, ticks, log = []) {
  let largest = 0;
  let last = ladder.weights[0];
  for (let i = 0; i < ticks; i++) {
    const time = from + (i * TICK) / 1000;
    ladder.step(typeof sources === "function" ? sources(time) : sources, time, 1000 + time * 1000, 0);
    largest = Math.max(largest, Math.abs(ladder.weights[0] - last));
    last = ladder.weights[0];
    log.push([time, ladder.rank, last]);
  }
  return largest;
}

test("the best source that has data wins", () => {
  const ladder = new Ladder();
  run(ladder, [source("server", 1), source("loudness", 0.5)], 0, 30);
  assert.equal(ladder.rank, "server");
  assert.equal(ladder.weights[3], 1);
});

test("a change of rank never jumps and is over in 120 ms", () => {
  const ladder = new Ladder();
  const server = source("server", 1, 1);
  const log = [];
  assert.ok(run(ladder, [server, source("loudness", 0)], 0, 120, log) < 0.18);
  const gone = log.find(([, rank]) => rank === "loudness")[0];
  assert.ok(gone - 1 <= 0.06);
  assert.ok(log.every(([time, , value]) => time < gone + 0.12 || value === 0));
});

test("many changes in a row never jump either", () => {
  const ladder = new Ladder();
  const one = [source("server", 1)];
  const other = [source("loudness", 0)];
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  assert.ok(run(ladder, () => (random() < 0.5 ? one : random() < 0.5 ? other : null), 0, 2000) < 0.18);
});

test("a better source takes over only with something in hand", () => {
  const ladder = new Ladder();
  const server = source("server", 1, 0.5);
  const sources = [server, source("loudness", 0)];
  run(ladder, sources, 0, 60);
  assert.equal(ladder.rank, "loudness");
  server.until = 1.02;
  run(ladder, sources, 1, 1);
  assert.equal(ladder.rank, "loudness");
  server.until = 1.3;
  run(ladder, sources, 1.05, 1);
  assert.equal(ladder.rank, "server");
});

test("frames that are a little late do not change the rank", () => {
  const ladder = new Ladder();
  const server = source("server", 1, 0.5);
  run(ladder, [server, source("loudness", 0)], 0, 32);
  assert.equal(ladder.rank, "server");
});

test("neutral comes softly, in about 200 ms", () => {
  const ladder = new Ladder();
  run(ladder, [source("server", 1)], 0, 30);
  const log = [];
  assert.ok(run(ladder, null, 0.5, 20, log) < 0.1);
  assert.ok(log[8][2] > 0.1);
  assert.equal(log[13][2], 0);
  assert.equal(ladder.settled, true);
});

test("a leap of the heard time is faded", () => {
  const ladder = new Ladder();
  const moving = { ...source("server", 0), sample: (time, out) => out.fill(time > 5 ? 1 : 0) };
  run(ladder, [moving], 0, 60);
  assert.ok(run(ladder, [moving], 6, 10) < 0.18);
});

test("a tick after a hidden tab does not jump", () => {
  const ladder = new Ladder();
  run(ladder, [source("server", 1)], 0, 30);
  ladder.step([source("loudness", 0)], 60, 61000, 0);
  assert.ok(ladder.weights[0] > 0.8);
});

test("reset is neutral at once", () => {
  const ladder = new Ladder();
  run(ladder, [source("server", 1)], 0, 30);
  ladder.reset();
  assert.equal(ladder.weights[0], 0);
  assert.equal(ladder.settled, true);
});
