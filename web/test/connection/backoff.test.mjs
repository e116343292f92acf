import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../src/connection/backoff.js";

test("waits double up to the longest, and start over", () => {
  const backoff = new Backoff(500, 3000, () => 1);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => backoff.next()),
    [500, 1000, 2000, 3000, 3000],
  );
  backoff.reset();
  assert.equal(backoff.next(), 500);
});

test("they are spread over their upper half", () => {
  assert.equal(new Backoff(500, 3000, () => 0).next(), 250);
});
