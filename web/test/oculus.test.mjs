import assert from "node:assert/strict";
import { test } from "node:test";
import { FACE_WIDTH, OCULUS, oculusIndex, VOWELS, vowelIndex } from "../src/oculus.js";

test("a full face has 52 shapes and 15 visemes, followed by the five vowels", () => {
  assert.equal(OCULUS.join(" "), "sil PP FF TH DD kk CH SS nn RR aa E I O U");
  assert.equal(FACE_WIDTH, 67);
  assert.deepEqual(["sil", "U"].map(oculusIndex), [52, 66]);
  assert.deepEqual(VOWELS.map(vowelIndex), [67, 68, 69, 70, 71]);
});

test("an unknown viseme has no index", () => {
  assert.throws(() => oculusIndex("ah"), RangeError);
  assert.throws(() => vowelIndex("PP"), RangeError);
});
