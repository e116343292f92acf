// Jaw and eye bones are rotated about the character's own axes, whatever its position and orientation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Euler, Group, Object3D, Quaternion, Vector3 } from "three";
import { shapeIndex } from "../../src/arkit.js";
import { Binding } from "../../src/avatar/binding.js";

const weights = (values) => {
  const all = new Float32Array(52);
  for (const [name, value] of Object.entries(values)) all[shapeIndex(name)] = value;
  return all;
};

/** Returns a skeleton that faces +z of its root; its bones have the orientations of an export. */
function skeleton({
  root = new Euler(),
  head = new Euler(),
  jaw = "Jaw",
  eyes = ["LeftEye", "RightEye"],
} = {}) {
  const scene = new Group();
  const body = new Group();
  body.rotation.copy(root);
  const bones = Object.fromEntries(["Head", jaw, ...eyes].map((name) => [name, new Object3D()]));
  for (const [name, bone] of Object.entries(bones)) bone.name = name;
  bones.Head.rotation.copy(head);
  scene.add(body.add(bones.Head));
  scene.updateMatrixWorld(true);
  const places = [
    [jaw, 0, -0.5, 0.2],
    [eyes[0], 0.3, 0.2, 0.5],
    [eyes[1], -0.3, 0.2, 0.5],
  ];
  for (const [name, x, y, z] of places) {
    const bone = bones[name];
    bone.position.copy(bones.Head.worldToLocal(body.localToWorld(new Vector3(x, y, z))));
    bones.Head.add(bone);
  }
  scene.updateMatrixWorld(true);
  return { scene, body, bones };
}

/** Returns where a direction of the body points after a bone was rotated, in the frame of the body. */
function turned({ body, scene }, bone, rest, direction) {
  scene.updateMatrixWorld(true);
  const world = bone.getWorldQuaternion(new Quaternion()).multiply(rest.clone().invert());
  const inBody = body.getWorldQuaternion(new Quaternion());
  return direction.clone().applyQuaternion(inBody).applyQuaternion(world).applyQuaternion(inBody.invert());
}

const POSES = {
  "as it is": {},
  "looking backwards": { root: new Euler(0, Math.PI, 0) },
  "looking aside": { root: new Euler(0, 1, 0) },
  "with bones of any direction": { head: new Euler(1.2, -0.7, 2), jaw: "CC_Base_JawRoot" },
};

for (const [how, options] of Object.entries(POSES)) {
  test(`the chin goes down, ${how}`, () => {
    const avatar = skeleton(options);
    const bone = avatar.bones[options.jaw ?? "Jaw"];
    const rest = bone.getWorldQuaternion(new Quaternion());
    const binding = new Binding(avatar.scene);
    assert.deepEqual(binding.report.schemes, ["jaw-bone", "eye-bones"]);
    binding.write(weights({ jawOpen: 1 }));
    const chin = turned(avatar, bone, rest, new Vector3(0, 0, 1));
    assert.ok(Math.abs(chin.y + Math.sin(0.3)) < 1e-6 && Math.abs(chin.x) < 1e-6 && chin.z > 0.9);
    binding.release();
    assert.ok(bone.getWorldQuaternion(new Quaternion()).angleTo(rest) < 1e-6);
  });

  test(`the eyes look left and up, ${how}`, () => {
    const avatar = skeleton(options);
    const rest = avatar.bones.LeftEye.getWorldQuaternion(new Quaternion());
    const binding = new Binding(avatar.scene);
    binding.write(weights({ eyeLookOutLeft: 1, eyeLookInRight: 1, eyeLookUpLeft: 0.5, eyeLookUpRight: 0.5 }));
    for (const eye of [avatar.bones.LeftEye, avatar.bones.RightEye]) {
      const gaze = turned(avatar, eye, rest, new Vector3(0, 0, 1));
      assert.ok(gaze.x > 0.4 && gaze.y > 0.15 && gaze.z > 0.7);
    }
  });
}

test("closed lips keep the jaw shut", () => {
  const avatar = skeleton();
  new Binding(avatar.scene).write(weights({ jawOpen: 0.4, mouthClose: 0.4 }));
  assert.ok(avatar.bones.Jaw.quaternion.angleTo(new Quaternion()) < 1e-6);
});

test("the jaw opens relative to the app's animation", () => {
  const { scene, bones } = skeleton();
  const binding = new Binding(scene);
  const app = new Quaternion().setFromEuler(new Euler(0, 0.2, 0));
  for (let tick = 0; tick < 3; tick++) {
    bones.Jaw.quaternion.copy(app);
    binding.write(weights({ jawOpen: 1 }));
    assert.ok(Math.abs(bones.Jaw.quaternion.angleTo(app) - 0.3) < 1e-6);
  }
  for (let tick = 0; tick < 3; tick++) binding.write(weights({ jawOpen: 0.5 }));
  assert.ok(Math.abs(bones.Jaw.quaternion.angleTo(app) - 0.15) < 1e-6);
  binding.release();
  assert.ok(bones.Jaw.quaternion.angleTo(app) < 1e-6);
});

test("bones are not moved where shapes exist or where the user excludes them", () => {
  const { scene, bones } = skeleton();
  const face = new Object3D();
  face.morphTargetDictionary = { jawOpen: 0, eyeLookUpLeft: 1 };
  face.morphTargetInfluences = [0, 0];
  scene.add(face);
  const binding = new Binding(scene);
  assert.deepEqual(binding.report.schemes, ["arkit"]);
  binding.write(new Float32Array(52).fill(1));
  assert.ok(bones.Jaw.quaternion.angleTo(new Quaternion()) < 1e-6);
  scene.remove(face);
  assert.deepEqual(new Binding(scene, { jawOpen: null }).report.schemes, ["eye-bones"]);
});

test("the report says if only a jaw bone moves the mouth", () => {
  const { report } = new Binding(skeleton({ eyes: ["a", "b"] }).scene);
  assert.deepEqual(report.found, ["jawOpen"]);
  assert.match(report.advice, /^There are no mouth shapes: the jaw bone opens the mouth.* Export the avatar/);
});

test("a skeleton without size is rotated once it has one", () => {
  const { scene, bones } = skeleton();
  scene.scale.setScalar(0);
  const binding = new Binding(scene);
  assert.deepEqual(binding.report.schemes, ["jaw-bone", "eye-bones"]);
  const face = weights({ jawOpen: 1, eyeLookOutLeft: 1, eyeLookInRight: 1 });
  binding.write(face);
  for (const bone of Object.values(bones)) assert.ok(bone.quaternion.angleTo(new Quaternion()) < 1e-6);
  scene.scale.setScalar(1);
  binding.write(face);
  assert.ok(Math.abs(bones.Jaw.quaternion.angleTo(new Quaternion()) - 0.3) < 1e-6);
  assert.ok(bones.LeftEye.quaternion.angleTo(new Quaternion()) > 0.4);
});

test("two clients on one jaw leave it shut", () => {
  const { scene, bones } = skeleton();
  const [one, other] = [new Binding(scene), new Binding(scene)];
  for (let tick = 0; tick < 9; tick++) for (const each of [one, other]) each.write(weights({ jawOpen: 0.5 }));
  assert.ok(Math.abs(bones.Jaw.quaternion.angleTo(new Quaternion()) - 0.3) < 1e-6, "both together");
  one.release();
  assert.ok(Math.abs(bones.Jaw.quaternion.angleTo(new Quaternion()) - 0.15) < 1e-6);
  other.release();
  assert.ok(bones.Jaw.quaternion.angleTo(new Quaternion()) < 1e-6);
});
