// VRMs: expressions are set by name; their morph targets are never written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Group, Object3D } from "three";
import { BLENDSHAPES, shapeIndex } from "../../src/arkit.js";
import { Binding } from "../../src/avatar/binding.js";

const weights = (values) => {
  const all = new Float32Array(52);
  for (const [name, value] of Object.entries(values)) all[shapeIndex(name)] = value;
  return all;
};
const AA = { jawOpen: 0.52, mouthLowerDownLeft: 0.12, mouthLowerDownRight: 0.12 };
const VOWELS = ["aa", "ih", "ou", "ee", "oh"];

/** Returns what three-vrm makes of a file with these expressions. */
function vrm(names, { special = {}, lookAt, bones = {} } = {}) {
  const plain = { isBinary: false, binds: [{}], overrideMouth: "none", overrideBlink: "none" };
  const expressionMap = Object.fromEntries(names.map((name) => [name, { ...plain, ...special[name] }]));
  const values = {};
  const scene = new Group();
  for (const bone of Object.values(bones)) scene.add(bone);
  return {
    values,
    scene,
    lookAt,
    humanoid: { getNormalizedBoneNode: (name) => bones[name] ?? null },
    expressionManager: {
      expressionMap,
      setValue(name, value) {
        assert.ok(name in expressionMap);
        values[name] = value;
      },
    },
  };
}

test("expressions with ARKit names are driven in any spelling, and then no presets", () => {
  for (const spell of [(name) => name, (name) => name[0].toUpperCase() + name.slice(1)]) {
    const avatar = vrm([...BLENDSHAPES.map(spell), ...VOWELS, "blink", "relaxed"]);
    const binding = new Binding(avatar);
    assert.equal(binding.report.found.length, 52);
    assert.equal(binding.report.advice, "");
    binding.write(weights({ jawOpen: 0.5, eyeBlinkLeft: 1 }));
    assert.equal(avatar.values[spell("jawOpen")], 0.5);
    assert.equal(avatar.values[spell("eyeBlinkLeft")], 1);
    assert.ok(![...VOWELS, "blink", "relaxed"].some((name) => name in avatar.values));
  }
});

test("presets move the mouth, blink and smile slightly", () => {
  const avatar = vrm([...VOWELS, "blink", "relaxed", "happy", "neutral"]);
  const binding = new Binding(avatar);
  assert.deepEqual(binding.report.schemes, ["vrm"]);
  assert.match(binding.report.advice, /^Only the presets of VRM move the mouth; .*perfect sync/);
  binding.write(weights({ ...AA, eyeBlinkLeft: 1, eyeBlinkRight: 1, mouthSmileLeft: 1, mouthSmileRight: 1 }));
  assert.ok(avatar.values.aa > 0.6 && avatar.values.aa > avatar.values.ou);
  assert.equal(avatar.values.blink, 1);
  assert.equal(avatar.values.relaxed, 0.5);
  assert.ok(!("happy" in avatar.values));
  binding.release();
  assert.deepEqual(new Set(Object.values(avatar.values)), new Set([0]));
});

test("separate lids are used if each has an expression", () => {
  const avatar = vrm([...VOWELS, "blink", "blinkLeft", "blinkRight"]);
  new Binding(avatar).write(weights({ eyeBlinkLeft: 1 }));
  assert.deepEqual([avatar.values.blinkLeft, avatar.values.blinkRight], [1, 0]);
  assert.ok(!("blink" in avatar.values));
});

test("a binary vowel switches at half", () => {
  const avatar = vrm(VOWELS, { special: { aa: { isBinary: true } } });
  const binding = new Binding(avatar);
  binding.write(weights({ jawOpen: 0.22 }));
  assert.ok(avatar.values.aa > 0.5);
  binding.write(weights({ jawOpen: 0.05 }));
  assert.ok(avatar.values.aa < 0.5);
});

test("an emotion that blocks the mouth, or is binary, is ignored", () => {
  for (const special of [{ overrideMouth: "block" }, { isBinary: true }, { overrideBlink: "blend" }]) {
    const avatar = vrm([...VOWELS, "relaxed"], { special: { relaxed: special } });
    new Binding(avatar).write(weights({ mouthSmileLeft: 1, mouthSmileRight: 1 }));
    assert.ok(!("relaxed" in avatar.values));
  }
});

test("expressions without effect count as missing", () => {
  const special = Object.fromEntries(VOWELS.map((name) => [name, { binds: [] }]));
  const { report } = new Binding(vrm([...VOWELS, "blink"], { special }));
  assert.deepEqual(report.found, ["eyeBlinkLeft", "eyeBlinkRight"]);
  assert.match(report.advice, /^Nothing here moves the mouth/);
});

test("without gaze shapes the look-at is used, unless the app has set its target", () => {
  const lookAt = { yaw: 0, pitch: 0, target: null, applier: {} };
  const binding = new Binding(vrm(VOWELS, { lookAt, bones: { leftEye: new Object3D() } }));
  assert.ok(binding.report.schemes.includes("look-at"));
  const aside = weights({ eyeLookInLeft: 1, eyeLookOutRight: 1, eyeLookDownLeft: 1, eyeLookDownRight: 1 });
  binding.write(aside);
  assert.ok(lookAt.yaw < -20 && lookAt.pitch > 15);
  binding.release();
  assert.deepEqual([lookAt.yaw, lookAt.pitch], [0, 0]);
  Object.assign(lookAt, { target: {}, yaw: 5 });
  binding.write(aside);
  assert.equal(lookAt.yaw, 5);
});

test("a VRM without vowels opens its jaw bone", () => {
  const jaw = new Object3D();
  const { report } = new Binding(vrm([], { bones: { jaw } }));
  assert.deepEqual([report.schemes, report.found], [["jaw-bone"], ["jawOpen"]]);
});

test("meshes of a VRM are left alone, however it is passed in", () => {
  const avatar = vrm(VOWELS);
  const mesh = new Object3D();
  mesh.morphTargetDictionary = { jawOpen: 0 };
  mesh.morphTargetInfluences = [0];
  avatar.scene.add(mesh);
  const scene = new Group().add(avatar.scene);
  scene.userData.vrm = avatar;
  for (const target of [avatar, { userData: { vrm: avatar }, scene: avatar.scene }, scene, [scene, avatar]]) {
    const binding = new Binding(target);
    assert.equal(binding.report.meshes, 0);
    binding.write(weights(AA));
    assert.deepEqual(mesh.morphTargetInfluences, [0]);
    assert.ok(avatar.values.aa > 0.6);
  }
});

test("a VRM without expressions is not an error", () => {
  const avatar = vrm([]);
  avatar.expressionManager = undefined;
  assert.deepEqual(new Binding(avatar).report.found, []);
});
