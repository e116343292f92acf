import assert from "node:assert/strict";
import { test } from "node:test";
import { FACE_WIDTH, OCULUS, oculusIndex, VOWELS, vowelIndex } from "../src/oculus.js";

test("a whole face is 52 shapes and 15 visemes; behind it stand the five vowels", () => {
  assert.equal(OCULUS.join(" "), "sil PP FF TH DD kk CH SS nn RR aa E I O U");
  assert.equal(FACE_WIDTH, 67);
  assert.deepEqual(["sil", "U"].map(oculusIndex), [52, 66]);
  assert.deepEqual(VOWELS.map(vowelIndex), [67, 68, 69, 70, 71]);
});

test("what is no viseme has no place", () => {
  assert.throws(() => oculusIndex("ah"), RangeError);
  assert.throws(() => vowelIndex("PP"), RangeError);
});
