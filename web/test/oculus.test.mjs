import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES, SHAPE_COUNT, shapeIndex } from "../src/arkit.js";
import { arkitOf, deriveOculus, FACE_WIDTH, OCULUS, oculusIndex } from "../src/oculus.js";

const derived = (values) => {
  const face = new Float32Array(FACE_WIDTH);
  for (const [name, value] of Object.entries(values)) face[shapeIndex(name)] = value;
  deriveOculus(face);
  return face;
};
const close = (actual, wanted) => assert.ok(Math.abs(actual - wanted) < 1e-6, `${actual} is not ${wanted}`);

test("a whole face is 52 shapes and 15 visemes", () => {
  assert.equal(OCULUS.join(" "), "sil PP FF TH DD kk CH SS nn RR aa E I O U");
  assert.equal(FACE_WIDTH, 67);
  assert.equal(oculusIndex("sil"), 52);
  assert.equal(oculusIndex("U"), 66);
  assert.throws(() => oculusIndex("ah"), RangeError);
});

for (const [name, values, wanted] of [
  ["aa", { jawOpen: 0.6 }, 0.6],
  ["aa", { jawOpen: 0.5, mouthPucker: 1 }, 0],
  ["O", { mouthFunnel: 0.4 }, 0.4],
  ["U", { mouthPucker: 0.7 }, 0.7],
  ["I", { mouthStretchLeft: 0.5, mouthStretchRight: 0.5 }, 0.4],
  ["PP", { mouthClose: 0.5, mouthPressLeft: 0.5, mouthPressRight: 0.5 }, 0.75],
  ["FF", { mouthRollLower: 0.5 }, 0.35],
]) {
  test(`${name} follows from ${Object.keys(values)}`, () =>
    close(derived(values)[oculusIndex(name)], wanted));
}

test("a neutral face has no viseme, and a full one none beyond 1", () => {
  assert.ok(derived({}).every((value) => value === 0));
  const all = derived(Object.fromEntries(BLENDSHAPES.map((name) => [name, 1])));
  assert.ok(all.every((value) => value >= 0 && value <= 1));
});

test("what was there before is forgotten, and ARKit is left alone", () => {
  const face = new Float32Array(FACE_WIDTH).fill(0.5);
  deriveOculus(face);
  assert.ok(face.subarray(0, SHAPE_COUNT).every((value) => value === 0.5));
  assert.equal(face[oculusIndex("TH")], 0);
});

test("a channel knows the ARKit shapes that it shows", () => {
  assert.deepEqual(arkitOf(3), [3]);
  assert.deepEqual(arkitOf(oculusIndex("aa")), [shapeIndex("jawOpen")]);
  assert.deepEqual(arkitOf(oculusIndex("TH")), []);
});
