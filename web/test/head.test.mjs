import assert from "node:assert/strict";
import { test } from "node:test";
import { createHead } from "../page/head.js";

const SIDES = ["Left", "Right"];
const both = (...names) => names.flatMap((name) => SIDES.map((side) => name + side));
const ARKIT = [
  ...both("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide"),
  ...["jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker"],
  ...both("mouth", "mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch", "mouthPress"),
  ...["mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"],
  ...both("mouthLowerDown", "mouthUpperUp", "browDown", "browOuterUp", "cheekSquint", "noseSneer"),
  ...["browInnerUp", "cheekPuff", "tongueOut"],
];

const head = createHead();
const meshes = head.children;
const part = (name) => meshes.find((mesh) => mesh.name === name);

const vector = (attribute, i) => [attribute.getX(i), attribute.getY(i), attribute.getZ(i)];
const morph = (mesh, shape) => mesh.geometry.morphAttributes.position?.find(({ name }) => name === shape);
const distance = (a, b) => Math.hypot(...a.map((value, axis) => value - b[axis]));

/** Where a vertex is at the given weights, as the GPU computes it. */
function posed(mesh, i, weights = {}) {
  const at = vector(mesh.geometry.attributes.position, i);
  for (const [shape, weight] of Object.entries(weights)) {
    const moves = morph(mesh, shape);
    if (moves)
      vector(moves, i).forEach((move, axis) => {
        at[axis] += weight * move;
      });
  }
  return at;
}

/** The distances between the upper and the lower lip, from the left corner to the right one. */
function gaps(weights) {
  const face = part("face");
  return face.userData.seam.map(([upper, lower]) =>
    distance(posed(face, upper, weights), posed(face, lower, weights)),
  );
}

test("the meshes have the 52 ARKit names and no other", () => {
  const names = new Set(meshes.flatMap((mesh) => Object.keys(mesh.morphTargetDictionary ?? {})));
  assert.equal(ARKIT.length, 52);
  assert.deepEqual([...names].sort(), [...ARKIT].sort());
});

test("every number is finite", () => {
  for (const { name, geometry } of meshes) {
    const { position = [], normal = [] } = geometry.morphAttributes;
    for (const attribute of [...Object.values(geometry.attributes), ...position, ...normal]) {
      assert.ok(attribute.array.every(Number.isFinite), `${name} ${attribute.name}`);
    }
  }
});

test("every morph target of every mesh moves it by a hundredth of the head or more", () => {
  for (const { name, geometry } of meshes) {
    for (const moves of geometry.morphAttributes.position ?? []) {
      const furthest = moves.array.reduce((most, move) => Math.max(most, Math.abs(move)), 0);
      assert.ok(furthest > 0.01 && furthest < 0.7, `${name} ${moves.name} ${furthest}`);
    }
  }
});

/** Each vertex as text, mirrored or not: its place and how the shape moves it. */
function moved(mesh, shape, flip) {
  const rounded = (x) => (Math.round(x * 1e4) + 0).toString();
  const line = (i) =>
    [posed(mesh, i), vector(morph(mesh, shape), i)].map(([x, y, z]) => [flip * x, y, z].map(rounded));
  return Array.from({ length: mesh.geometry.attributes.position.count }, (_, i) => line(i).join(" ")).sort();
}

test("a Right shape is the mirror image of the Left one", () => {
  for (const left of ARKIT.filter((name) => name.endsWith("Left"))) {
    const right = left.replace("Left", "Right");
    for (const mesh of meshes.filter((each) => morph(each, left))) {
      const twin = part(mesh.name.replace("Left", "Right"));
      assert.ok(same(moved(mesh, left, -1), moved(twin, right, 1)), `${mesh.name} ${left}`);
    }
  }
});

/** Rounding may put a few vertices on either side of a step. */
function same(these, those) {
  const wanted = new Set(those);
  const strangers = these.filter((line) => !wanted.has(line));
  return these.length === those.length && strangers.length <= these.length / 20;
}

test("left is the character's left, at positive x", () => {
  assert.ok(posed(part("eyeLeft"), 0)[0] > 0.2);
  const face = part("face");
  const [[corner]] = face.userData.seam;
  assert.ok(vector(morph(face, "mouthSmileLeft"), corner)[1] > 0.1);
  assert.ok(vector(morph(face, "mouthSmileRight"), corner)[1] < 0.001);
  assert.ok(vector(morph(face, "jawLeft"), corner)[0] > 0);
});

test("the lips are sealed at rest, part with jawOpen, and mouthClose seals them again", () => {
  assert.ok(Math.max(...gaps({})) < 1e-6);
  assert.ok(Math.max(...gaps({ jawOpen: 1 })) > 0.3);
  assert.ok(Math.max(...gaps({ jawOpen: 1, mouthClose: 1 })) < 1e-5);
  assert.ok(Math.max(...gaps({ jawOpen: 0.4, mouthClose: 0.4 })) < 1e-5);
});

for (const shape of ["mouthPucker", ...both("mouthSmile", "mouthFrown", "mouthPress"), "mouthRollLower"]) {
  test(`${shape} keeps the lips sealed`, () => assert.ok(Math.max(...gaps({ [shape]: 1 })) < 1e-5));
}

for (const side of SIDES) {
  test(`eyeBlink${side} brings the edges of the lids together`, () => {
    const [upper, lower] = [part(`lidUpper${side}`), part(`lidLower${side}`)];
    const opening = (weight) => {
      const middle = (mesh) => mesh.userData.edge[12];
      const weights = { [`eyeBlink${side}`]: weight };
      return posed(upper, middle(upper), weights)[1] - posed(lower, middle(lower), weights)[1];
    };
    assert.ok(opening(0) > 0.2);
    assert.ok(opening(1) < 0.005 && opening(1) > -0.03);
  });
}

test("the lids stay in front of the eyeball all the way through a blink", () => {
  const lid = part("lidUpperLeft");
  const eye = part("eyeLeft");
  eye.geometry.computeBoundingBox();
  const centre = eye.geometry.boundingBox.getCenter(eye.position.clone()).setZ(0.645).toArray();
  const radius = distance(posed(eye, 0), centre);
  for (const weight of [0, 0.25, 0.5, 0.75, 1]) {
    const at = lid.userData.edge.map((i) => posed(lid, i, { eyeBlinkLeft: weight }));
    assert.ok(Math.min(...at.map((point) => distance(point, centre))) > radius, `at ${weight}`);
  }
});

test("what does not move is a plain mesh", () => {
  for (const name of ["teethUpper", "hair", "neck", "jumper", "earLeft", "earRight"]) {
    assert.deepEqual(part(name).geometry.morphAttributes, {}, name);
  }
});
