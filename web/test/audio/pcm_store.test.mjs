import assert from "node:assert/strict";
import { test } from "node:test";
import { PcmStore } from "../../src/audio/pcm_store.js";

const bytes = (from, count) => Uint8Array.from({ length: count }, (_, i) => (from + i) % 256);

test("it returns what follows any position", () => {
  const store = new PcmStore(10);
  for (let at = 0; at < 250; at += 25) store.push(bytes(at, 25));
  for (let at = 0; at < 250; at++) assert.equal(store.from(at)[0], at);
  assert.equal(store.from(250), null);
  assert.equal(store.end, 250);
});

test("pieces are no larger than requested", () => {
  const store = new PcmStore(10);
  store.push(bytes(0, 95));
  const sizes = [];
  for (let at = 0, piece = store.from(0); piece; at += piece.length, piece = store.from(at)) {
    sizes.push(piece.length);
  }
  assert.deepEqual(sizes, [10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
});

test("trimming keeps everything after the position", () => {
  const store = new PcmStore(1);
  store.push(bytes(0, 250));
  store.trim(200);
  assert.equal(store.from(200)[0], 200);
  assert.equal(store.end, 250);
  store.trim(-5);
  assert.equal(store.from(249)[0], 249);
});
