// An AnimationMixer of the app animates the same morph targets, expressions and bones as the client.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AnimationClip,
  AnimationMixer,
  Bone,
  BoxGeometry,
  Mesh,
  NumberKeyframeTrack,
  Quaternion,
  QuaternionKeyframeTrack,
  Scene,
  Vector3,
} from "three";
import { BLENDSHAPES, shapeIndex } from "../../src/arkit.js";
import { Binding } from "../../src/avatar/binding.js";
import { callBefore } from "../../src/avatar/shared_values.js";

const SHAPES = ["jawOpen", "eyeBlinkLeft", "browInnerUp"];

const face = (values) => {
  const all = new Float32Array(BLENDSHAPES.length);
  for (const [name, value] of Object.entries(values)) all[shapeIndex(name)] = value;
  return all;
};

/** Returns a mesh with a clip that moves all its targets from one row of values to another in two seconds. */
function avatar({ from = [0, 1, 0.5], to = [0, 0, 0.4] } = {}) {
  const mesh = new Mesh(new BoxGeometry());
  mesh.name = "Face";
  mesh.morphTargetDictionary = Object.fromEntries(SHAPES.map((name, i) => [name, i]));
  mesh.morphTargetInfluences = SHAPES.map(() => 0);
  const scene = new Scene();
  scene.add(mesh);
  const track = new NumberKeyframeTrack("Face.morphTargetInfluences", [0, 2], [...from, ...to]);
  const mixer = new AnimationMixer(scene);
  mixer.clipAction(new AnimationClip("idle", 2, [track])).play();
  const draw = () => {
    mesh.onBeforeRender();
    return [...mesh.morphTargetInfluences];
  };
  return { mesh, scene, mixer, draw };
}

const ORDERS = {
  "the client before the mixer": (tick, mixer) => {
    tick();
    mixer.update(1 / 60);
  },
  "the mixer before the client": (tick, mixer) => {
    mixer.update(1 / 60);
    tick();
  },
};

for (const [order, run] of Object.entries(ORDERS)) {
  test(`with a mixer the mouth is drawn as the client wants it, ${order}`, () => {
    const { scene, mixer, draw } = avatar();
    const binding = new Binding(scene);
    for (let i = 0; i < 60; i++) {
      run(() => binding.write(face({ jawOpen: 0.6, browInnerUp: 0.2 })), mixer);
      const [jaw, lid, brow] = draw();
      if (i < 3) continue;
      assert.ok(Math.abs(jaw - 0.6) < 1e-6, `${jaw} in frame ${i}`);
      assert.ok(lid > 0.4 && brow > 0.4, "the larger value of both is drawn");
      assert.equal(binding.noticeOverwriting(), null);
    }
  });
}

test("without anything to draw it, the loss is noticed once", () => {
  const { scene, mixer } = avatar();
  const binding = new Binding(scene);
  for (let i = 0; i < 20; i++) {
    binding.write(face({ jawOpen: 0.6 }));
    mixer.update(1 / 60);
  }
  const advice = binding.noticeOverwriting();
  assert.match(advice, /AnimationMixer/);
  assert.ok(binding.report.advice.endsWith(advice));
  assert.equal(binding.noticeOverwriting(), null, "said once");
});

test("at rest the targets are left to the mixer", () => {
  const { scene, mixer, mesh, draw } = avatar();
  const binding = new Binding(scene);
  for (let i = 0; i < 20; i++) {
    binding.write(face({ jawOpen: 0.6 }));
    mixer.update(1 / 60);
    draw();
  }
  binding.write(face({}));
  for (let i = 0; i < 20; i++) {
    mixer.update(1 / 60);
    const wanted = [...mesh.morphTargetInfluences];
    assert.deepEqual(draw(), wanted);
  }
  assert.equal(binding.noticeOverwriting(), null);
});

test("when the mixer stops, its last values are forgotten", () => {
  const { scene, mixer, draw } = avatar();
  const binding = new Binding(scene);
  for (let i = 0; i < 20; i++) {
    binding.write(face({ jawOpen: 0.6 }));
    mixer.update(1 / 60);
    draw();
  }
  for (let i = 0; i < 20; i++) {
    binding.write(face({ jawOpen: 0.6 }));
    draw();
  }
  assert.deepEqual(draw().map(Math.fround), [0.6, 0, 0].map(Math.fround));
});

test("a value that the app set once is no other writer", () => {
  const { scene, mesh, draw } = avatar();
  const binding = new Binding(scene);
  mesh.morphTargetInfluences.fill(1);
  for (let i = 0; i < 5; i++) {
    binding.write(face({ jawOpen: 0.25 }));
    assert.deepEqual(draw(), [0.25, 0, 0]);
  }
});

test("a mesh is left as it was, and the app's own callback is still called", () => {
  const { scene, mesh, mixer, draw } = avatar();
  let calls = 0;
  const own = () => calls++;
  mesh.onBeforeRender = own;
  const binding = new Binding(scene);
  for (let i = 0; i < 5; i++) {
    binding.write(face({ jawOpen: 0.6 }));
    mixer.update(1 / 60);
    draw();
  }
  assert.equal(calls, 5);
  binding.release();
  assert.equal(mesh.onBeforeRender, own);
  assert.equal(Object.hasOwn(mesh, "onBeforeShadow"), false);
  assert.deepEqual(mesh.morphTargetInfluences, [0, 0, 0]);
});

test("a hook below another one is switched off", () => {
  let calls = 0;
  const object = { draw() {} };
  const remove = callBefore(object, "draw", () => calls++);
  const removeOuter = callBefore(object, "draw", () => {});
  object.draw();
  remove();
  object.draw();
  removeOuter();
  assert.equal(calls, 1);
});

test("an expression of a VRM that a mixer animates too is applied as the client wants it", () => {
  const expressionMap = { aa: expression(), blink: expression() };
  let applied = null;
  const expressionManager = {
    expressionMap,
    setValue: (name, weight) => {
      expressionMap[name].weight = weight;
    },
    update: () => {
      applied = { aa: expressionMap.aa.weight, blink: expressionMap.blink.weight };
    },
  };
  const humanoid = { getNormalizedBoneNode: () => null };
  const binding = new Binding({ scene: { traverse() {} }, humanoid, expressionManager });
  for (let i = 0; i < 20; i++) {
    binding.write(face({ jawOpen: 0.6, eyeBlinkLeft: 0.1, eyeBlinkRight: 0.1 }));
    expressionMap.aa.weight = 0;
    expressionMap.blink.weight = 0.8 - i / 100;
    expressionManager.update();
  }
  assert.ok(applied.aa > 0.3, `${applied.aa}`);
  assert.ok(Math.abs(applied.blink - 0.61) < 1e-6, `${applied.blink}`);
  assert.equal(binding.noticeOverwriting(), null);
});

function expression() {
  return { weight: 0, isBinary: false, binds: [{}], overrideMouth: "none", overrideBlink: "none" };
}

for (const [order, run] of Object.entries(ORDERS)) {
  test(`a jaw bone in a clip of the app is drawn open, ${order}`, () => {
    const jaw = new Bone();
    jaw.name = "Jaw";
    const scene = new Scene();
    scene.add(jaw);
    const axis = new Vector3(0, 1, 0);
    const turns = [0.1, 0.2].map((angle) => new Quaternion().setFromAxisAngle(axis, angle));
    const values = turns.flatMap((turn) => turn.toArray());
    const mixer = new AnimationMixer(scene);
    const track = new QuaternionKeyframeTrack("Jaw.quaternion", [0, 2], values);
    mixer.clipAction(new AnimationClip("idle", 2, [track])).play();
    const binding = new Binding(scene);
    for (let i = 0; i < 30; i++) {
      run(() => binding.write(face({ jawOpen: 1 })), mixer);
      scene.updateMatrixWorld();
      if (i < 5) continue;
      const drawn = new Quaternion().setFromRotationMatrix(jaw.matrixWorld);
      const clip = new Quaternion().setFromAxisAngle(axis, 0.1 + (0.1 * (mixer.time % 2)) / 2);
      assert.ok(Math.abs(drawn.angleTo(clip) - 0.3) < 1e-3, `${drawn.angleTo(clip)} in frame ${i}`);
    }
  });
}
