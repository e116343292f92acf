import assert from "node:assert/strict";
import { test } from "node:test";
import { BufferAttribute, InterleavedBuffer, InterleavedBufferAttribute } from "three";
import { BLENDSHAPES, shapeIndex } from "../../src/arkit.js";
import { Binding } from "../../src/avatar/binding.js";
import { FACE_WIDTH, OCULUS, oculusIndex } from "../../src/oculus.js";
import { mesh } from "../support/world.mjs";

const weights = (values) => {
  const all = new Float32Array(52);
  for (const [name, value] of Object.entries(values)) all[shapeIndex(name)] = value;
  return all;
};
const close = (actual, wanted) => assert.ok(Math.abs(actual - wanted) < 1e-6, `${actual} is not ${wanted}`);

test("meshes are found through traverse", () => {
  const meshes = [mesh(BLENDSHAPES), mesh(["jawOpen"]), {}];
  const scene = { traverse: (visit) => meshes.forEach(visit) };
  const binding = new Binding(scene);
  assert.equal(binding.report.meshes, 2);
  assert.equal(binding.report.found.length, 52);
  assert.deepEqual(binding.report.missing, []);
  assert.deepEqual(binding.report.schemes, ["arkit"]);
  binding.write(weights({ jawOpen: 0.4 }));
  close(meshes[0].value("jawOpen"), 0.4);
  close(meshes[1].value("jawOpen"), 0.4);
});

test("a mesh that is given twice is bound once", () => {
  const one = mesh(["jawOpen"]);
  assert.equal(new Binding([one, one, { traverse: (visit) => visit(one) }]).report.meshes, 1);
});

test("missing shapes are reported", () => {
  const { report } = new Binding(mesh(["jawOpen", "EyeBlinkLeft", "eyeBlink_R"]));
  assert.deepEqual(report.found, ["eyeBlinkLeft", "eyeBlinkRight", "jawOpen"]);
  assert.equal(report.missing.length, 49);
  assert.deepEqual(report.schemes, ["arkit", "pascal", "side-suffix"]);
});

test("a shape that a mesh has twice is moved once", () => {
  const twice = mesh(["head_eyeBlink_L", "eyeBlinkLeft", "jawOpen"]);
  new Binding(twice).write(weights({ eyeBlinkLeft: 1 }));
  assert.deepEqual([twice.value("eyeBlinkLeft"), twice.value("head_eyeBlink_L")], [1, 0]);
});

test("a split shape moves all its parts", () => {
  const split = mesh([
    "Jaw_Open",
    "Cheek_Puff_L",
    "Cheek_Puff_R",
    "Mouth_Pucker_Up_L",
    "Mouth_Pucker_Down_L",
  ]);
  new Binding(split).write(weights({ cheekPuff: 0.5, mouthPucker: 0.25 }));
  assert.deepEqual(split.morphTargetInfluences, [0, 0.5, 0.5, 0.25, 0.25]);
});

test("an avatar with both ARKit shapes and visemes uses the ARKit shapes only", () => {
  const both = mesh([...BLENDSHAPES, "viseme_aa", "mouthOpen", "eyesClosed"]);
  new Binding(both).write(new Float32Array(52).fill(1));
  assert.deepEqual(both.morphTargetInfluences.slice(52), [0, 0, 0]);
});

test("an avatar with visemes only is driven through jaw and lips", () => {
  const simple = mesh([
    "viseme_sil",
    "viseme_PP",
    "viseme_aa",
    "viseme_E",
    "viseme_I",
    "viseme_O",
    "viseme_U",
  ]);
  const binding = new Binding(simple);
  assert.deepEqual(binding.report.schemes, ["visemes"]);
  assert.ok(binding.report.found.includes("jawOpen"));
  assert.ok(!binding.report.found.includes("eyeBlinkLeft"));
  binding.write(weights({ jawOpen: 0.5 }));
  assert.ok(simple.value("viseme_aa") > 0.6);
  binding.write(weights({ jawOpen: 0.15, mouthFunnel: 0.26, mouthPucker: 0.48 }));
  assert.ok(simple.value("viseme_U") > 0.8);
  assert.ok(simple.value("viseme_aa") < 0.1);
});

/** A full face in which each viseme has a different value. */
const ownVisemes = () => {
  const face = new Float32Array(FACE_WIDTH);
  for (const [i, name] of OCULUS.entries()) face[oculusIndex(name)] = (i + 1) / 20;
  return face;
};

for (const [scheme, spell] of Object.entries({
  viseme_: (name) => `viseme_${name}`,
  v_: (name) => `vrc.v_${name.toLowerCase()}`,
  VI_: (name) => `AA_VI_${String(OCULUS.indexOf(name)).padStart(2, "0")}_${name}`,
  bare: (name) => ({ I: "ih", O: "oh", U: "ou" })[name] ?? name,
  "v_ as spoken": (name) => `vrc.v_${({ I: "ih", O: "oh", U: "ou" })[name] ?? name.toLowerCase()}`,
})) {
  test(`all 15 visemes are recognised, spelled ${scheme}`, () => {
    const simple = mesh(OCULUS.map(spell));
    const binding = new Binding(simple);
    binding.write(ownVisemes());
    for (const [i, name] of OCULUS.entries()) close(simple.value(spell(name)), (i + 1) / 20);
    assert.deepEqual(binding.report.schemes, ["visemes"]);
    assert.ok(["jawOpen", "mouthPucker", "mouthClose"].every((name) => binding.report.found.includes(name)));
  });
}

test("an avatar with ARKit shapes ignores its visemes", () => {
  const both = mesh(["jawOpen", ...OCULUS.map((name) => `viseme_${name}`)]);
  new Binding(both).write(ownVisemes());
  assert.ok(both.morphTargetInfluences.every((value) => value === 0));
});

test("next to visemes nothing else opens the mouth", () => {
  const rpm = mesh(["mouthOpen", "mouthSmile", "viseme_aa", "viseme_U", "eyesClosed"]);
  new Binding(rpm).write(
    weights({ jawOpen: 0.6, mouthSmileLeft: 0.5, mouthSmileRight: 0.5, eyeBlinkLeft: 1 }),
  );
  assert.equal(rpm.value("mouthOpen"), 0);
  for (const [name, value] of [
    ["mouthSmile", 0.5],
    ["eyesClosed", 0.5],
  ])
    close(rpm.value(name), value);
  assert.ok(rpm.value("viseme_aa") > 0.6);
});

test("a mouth with visemes only closes for server frames", () => {
  const simple = mesh(["viseme_PP", "viseme_aa", "viseme_FF"]);
  new Binding(simple).write(weights({ mouthClose: 0.2, mouthPressLeft: 0.2, mouthPressRight: 0.2 }));
  assert.ok(simple.value("viseme_PP") > 0.9);
  close(simple.value("viseme_aa"), 0);
});

test("an avatar with mouthOpen and mouthSmile moves too", () => {
  const low = mesh(["mouthOpen", "mouthSmile"]);
  new Binding(low).write(weights({ jawOpen: 0.7, mouthSmileLeft: 0.4, mouthSmileRight: 0.4 }));
  close(low.value("mouthOpen"), 0.7);
  close(low.value("mouthSmile"), 0.4);
});

test("VRoid's five vowels form a mixture of their own", () => {
  const vroid = mesh(["A", "I", "U", "E", "O"].map((vowel) => `Fcl_MTH_${vowel}`));
  const binding = new Binding(vroid);
  binding.write(weights({ jawOpen: 0.15, mouthFunnel: 0.26, mouthPucker: 0.48 }));
  assert.ok(vroid.value("Fcl_MTH_U") > 0.8);
  assert.ok(vroid.value("Fcl_MTH_A") < 0.1);
  binding.write(weights({ mouthPressLeft: 0.1, mouthPressRight: 0.1, mouthRollUpper: 0.1 }));
  assert.ok(vroid.morphTargetInfluences.every((value) => value < 0.05));
});

test("an empty target counts as missing: an open vowel replaces an empty jaw shape", () => {
  const names = ["jawOpen", "mouthFunnel", "mouthPucker", "viseme_aa", "viseme_O"];
  const face = mesh(names);
  const attribute = (x) => new BufferAttribute(new Float32Array([x, 0, 0]), 3);
  const position = names.map((name) => attribute(name === "jawOpen" ? 0 : 1));
  face.geometry = { morphTargetsRelative: true, morphAttributes: { position } };
  const binding = new Binding(face);
  binding.write(weights({ jawOpen: 0.3, mouthFunnel: 0.5 }));
  close(face.value("viseme_aa"), 0.6);
  close(face.value("mouthFunnel"), 0.5);
  assert.deepEqual([face.value("jawOpen"), face.value("viseme_O")], [0, 0]);
  assert.ok(binding.report.found.includes("jawOpen"));
});

/** Returns a mesh, one metre wide, whose targets move this far, in metres. */
function moving(moves, attribute = floats) {
  const made = mesh(Object.keys(moves));
  const position = Object.values(moves).map((x) => attribute([x, 0, 0, 0, 0, 0]));
  const attributes = { position: attribute([-0.5, 0, 0, 0.5, 0, 0]) };
  made.geometry = { morphTargetsRelative: true, morphAttributes: { position }, attributes };
  return made;
}
const floats = (values) => new BufferAttribute(new Float32Array(values), 3);
const shorts = (values) => Int16Array.from(values, (value) => value * 32767);
const quantised = (values) => new BufferAttribute(shorts(values), 3, true);
const interleaved = (values) =>
  new InterleavedBufferAttribute(new InterleavedBuffer(shorts(values), 3), 3, 0, true);

for (const [what, attribute] of Object.entries({ floats, quantised, interleaved })) {
  test(`a target below export noise counts as missing, in ${what}`, () => {
    const face = moving({ jawOpen: 0.1, mouthPressLeft: 0.005, viseme_PP: 0.0005 }, attribute);
    const eyes = moving({ eyeLookUpLeft: 0.2, jawOpen: 0, viseme_PP: 0.0007 }, attribute);
    const { report } = new Binding([face, eyes]);
    assert.deepEqual(report.schemes, ["arkit"]);
    assert.ok(report.found.includes("mouthPressLeft"));
    assert.doesNotMatch(report.advice, /Only/);
    assert.deepEqual(new Binding(moving({ jawOpen: 0.1, tongueOut: 0.0005 })).report.found, ["jawOpen"]);
  });
}

test("a target that only colours, such as the shade on teeth behind pursed lips, counts", () => {
  const teeth = moving({ jawOpen: 0.1, mouthPucker: 0, mouthFunnel: 0 });
  teeth.geometry.morphAttributes.color = [0, -0.5, 0].map((red) => floats([red, 0, 0, 0, 0, 0]));
  assert.deepEqual(new Binding(teeth).report.found, ["jawOpen", "mouthPucker"]);
});

test("a small movement counts if all movements are small, as in a full body or in eyelashes", () => {
  const { report } = new Binding(moving({ jawOpen: 0.01, mouthPressLeft: 0.0005, tongueOut: 0.00005 }));
  assert.deepEqual(report.found, ["jawOpen", "mouthPressLeft"]);
});

test("visemes do not affect a mesh if another mesh has a moving jaw", () => {
  const eyes = moving({ jawOpen: 0, viseme_aa: 0.1 });
  const own = moving({ viseme_aa: 0.1 });
  const face = moving({ jawOpen: 0.1 });
  const binding = new Binding([eyes, own, face]);
  const frame = new Float32Array(FACE_WIDTH);
  frame[oculusIndex("aa")] = 0.7;
  binding.write(frame);
  close(eyes.value("viseme_aa"), 0);
  close(own.value("viseme_aa"), 0.7);
  assert.doesNotMatch(binding.report.advice, /Only/);
  const alone = new Binding(eyes);
  alone.write(frame);
  close(eyes.value("viseme_aa"), 0.7);
  assert.match(alone.report.advice, /^Only visemes move the mouth/);
});

test("a substitute for the lids does not make the mouth a substitute", () => {
  const { report } = new Binding(mesh(["jawOpen", "eyesClosed"]));
  assert.deepEqual(report.schemes, ["arkit", "simple"]);
  assert.doesNotMatch(report.advice, /Only/);
});

test("a target for both lids is used if single lids are missing, and no lid moves twice", () => {
  const one = mesh(["jawOpen", "eyesClosed"]);
  new Binding(one).write(weights({ eyeBlinkLeft: 1, eyeBlinkRight: 1 }));
  assert.equal(one.value("eyesClosed"), 1);
  const two = mesh(["eyesClosed", "Eye_Close_L", "Eye_Close_R"]);
  new Binding(two).write(weights({ eyeBlinkLeft: 1, eyeBlinkRight: 1 }));
  assert.deepEqual(two.morphTargetInfluences, [0, 1, 1]);
});

for (const [what, names, words] of [
  ["everything", BLENDSHAPES, /^$/],
  [
    "nothing",
    ["own"],
    /^Nothing here moves the mouth; lids, gaze, brows, cheeks and tongue cannot move\. Export .*ARKit/,
  ],
  [
    "visemes",
    OCULUS.map((name) => `viseme_${name}`),
    /^Only visemes move the mouth; lids, .*brows.* cannot move\./,
  ],
  [
    "a mouth of ARKit",
    ["jawOpen", "eyeBlinkLeft", "tongueOut"],
    /^Gaze, brows and cheeks cannot move\. Export/,
  ],
]) {
  test(`advice for an avatar with ${what}`, () =>
    assert.match(new Binding(mesh(names)).report.advice, words));
}

test("the user's map takes precedence", () => {
  const own = mesh(["Kiefer", "jawOpen", "cheekPuff", "eyeBlinkLeft"]);
  const binding = new Binding(own, { jawOpen: "Kiefer", cheekPuff: ["cheekPuff"], eyeBlinkLeft: null });
  binding.write(new Float32Array(52).fill(1));
  assert.deepEqual(own.morphTargetInfluences, [1, 0, 1, 0]);
});

test("values stay within 0 and 1", () => {
  const one = mesh(["Ziel", "jawOpen"]);
  const binding = new Binding(one, { mouthClose: "Ziel", mouthPucker: "Ziel" });
  binding.write(weights({ mouthClose: 0.8, mouthPucker: 0.8 }));
  assert.equal(one.value("Ziel"), 1);
});

test("release resets what it moved to 0, and nothing else", () => {
  const one = mesh(["jawOpen", "own"]);
  one.morphTargetInfluences[1] = 0.3;
  const binding = new Binding(one);
  binding.write(weights({ jawOpen: 1 }));
  binding.release();
  assert.deepEqual(one.morphTargetInfluences, [0, 0.3]);
});

test("replaced morphTargetInfluences are followed", () => {
  const one = mesh(["jawOpen"]);
  const binding = new Binding(one);
  one.morphTargetInfluences = [0];
  binding.write(weights({ jawOpen: 1 }));
  assert.deepEqual(one.morphTargetInfluences, [1]);
});

test("an avatar with nothing to bind is not an error", () => assert.equal(new Binding({}).report.meshes, 0));

test("a missing scene is refused", () => {
  for (const target of [null, undefined, 5, [null]]) {
    assert.throws(() => new Binding(target), { code: "bad_argument" });
  }
});

test("a map with an unknown shape is refused", () => {
  assert.throws(() => new Binding(mesh(["jawOpen"]), { jaw: "jawOpen" }), { code: "bad_argument" });
});

const threeMesh = (names, geometry) => Object.assign(names ? mesh(names) : {}, { isMesh: true, geometry });
const scene = (...objects) => ({ traverse: (visit) => objects.forEach(visit) });

for (const [problem, target, words] of [
  ["no_mesh", scene(), /^There is no mesh here yet\. Call initializeWithScene\(\) again/],
  ["no_targets", scene(threeMesh()), /no morph targets and no jaw bone/],
  ["no_names", scene(threeMesh(["0", "1", "2"])), /have no names.*map: \{ jawOpen: "0" \}/],
  ["unknown_names", scene(threeMesh(["Foo", "Bar"])), /not known: “Foo”, “Bar”.*map: \{ jawOpen: "Foo" \}/],
  ["empty_targets", scene(moving({ jawOpen: 0, mouthFunnel: 0 })), /All morph targets are empty/],
  [null, scene(threeMesh(["jawOpen"])), /^Lids, gaze/],
]) {
  test(`the report tells ${problem ?? "a mouth that moves"} apart`, () => {
    const { report } = new Binding(target);
    assert.equal(report.problem, problem);
    assert.match(report.advice, words);
  });
}

test("a jaw bone is no problem", () => {
  const jaw = { name: "Jaw", quaternion: { x: 0, y: 0, z: 0, w: 1 }, isBone: true };
  assert.equal(new Binding(scene(threeMesh(), jaw)).report.problem, null);
});

test("a name in the map that no mesh has is reported, with the nearest one", () => {
  const { report } = new Binding(mesh(["Kiefer", "Lippen"]), { jawOpen: "kiefer_", mouthClose: "Lippen" });
  assert.match(report.advice, /map: there is no morph target "kiefer_"; did you mean "Kiefer"\?$/);
});

for (const map of [null, [], "jawOpen", { jawOpen: 5 }, { jawOpen: [null] }])
  test(`the map ${JSON.stringify(map)} is refused`, () =>
    assert.throws(() => new Binding(mesh(["jawOpen"]), map), { code: "bad_argument" }));
