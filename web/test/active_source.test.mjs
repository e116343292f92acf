import assert from "node:assert/strict";
import { test } from "node:test";
import { ActiveSource } from "../page/speak/active_source.js";

/** Sources that count how often they were stopped. */
function made(count) {
  const active = new ActiveSource();
  const sources = Array.from({ length: count }, () => {
    const source = { active: false, stops: 0 };
    source.stop = () => {
      source.active = false;
      source.stops++;
    };
    active.add(source);
    return source;
  });
  return { active, sources };
}

test("claiming stops every other source, also one that has not started yet", () => {
  const { active, sources } = made(3);
  sources[1].active = true;
  active.claim(sources[0]);
  assert.deepEqual(
    sources.map(({ stops }) => stops),
    [0, 1, 1],
  );
});

test("something is active while one source is", () => {
  const { active, sources } = made(2);
  assert.equal(active.active, false);
  sources[1].active = true;
  assert.equal(active.active, true);
  active.stop();
  assert.equal(active.active, false);
});
