import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES, SHAPE_COUNT, shapeIndex } from "../src/arkit.js";

test("there are 52 shapes in Apple's order", () => {
  assert.equal(SHAPE_COUNT, 52);
  assert.equal(new Set(BLENDSHAPES).size, 52);
  assert.equal(BLENDSHAPES[0], "eyeBlinkLeft");
  assert.equal(shapeIndex("jawOpen"), 17);
  assert.equal(BLENDSHAPES[51], "tongueOut");
});

test("every left shape has a right one", () => {
  const partner = (name) => name.replace(/Left$/, "Right");
  for (const name of BLENDSHAPES.filter((n) => n.endsWith("Left"))) {
    assert.ok(BLENDSHAPES.includes(partner(name)));
  }
});

test("an unknown shape is refused", () => {
  assert.throws(() => shapeIndex("jawOpened"), RangeError);
});
