import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../src/connection/backoff.js";

test("delays double up to a maximum, and reset", () => {
  const backoff = new Backoff(500, 3000, () => 1);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => backoff.next()),
    [500, 1000, 2000, 3000, 3000],
  );
  backoff.reset();
  assert.equal(backoff.next(), 500);
});

test("jitter uses the upper half of a delay", () => {
  assert.equal(new Backoff(500, 3000, () => 0).next(), 250);
});
