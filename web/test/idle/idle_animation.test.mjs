import assert from "node:assert/strict";
import { test } from "node:test";
import { Bone, BoxGeometry, Group, Mesh, PerspectiveCamera } from "three";
import { BLENDSHAPES, shapeIndex } from "../../src/arkit.js";
import { Loudness } from "../../src/audio/loudness.js";
import { eyesOf, leftOf, pairsOf } from "../../src/avatar/sides.js";
import { Audio2FaceClient } from "../../src/client.js";
import { HeadRig } from "../../src/idle/head_rig.js";
import { IdleAnimation } from "../../src/idle/idle_animation.js";
import { bone, head, MotionPreference, spin } from "../support/bodies.mjs";
import { mesh, World } from "../support/world.mjs";

const LID = shapeIndex("eyeBlinkLeft");
const [OUT, IN] = [shapeIndex("eyeLookOutLeft"), shapeIndex("eyeLookInLeft")];
const [UP, DOWN] = [shapeIndex("eyeLookUpLeft"), shapeIndex("eyeLookDownLeft")];
const IDLE = { utterance: null, time: 0, awaited: false, serverLeads: false };
const DEGREES = 180 / Math.PI;

/**
 * Runs an idle animation at a steady tick rate; `moment(t)` returns the context, `each(t, face)` observes.
 */
function live({ seconds, hertz = 60, seed = 7, target = null, moment = () => IDLE, each, setting = true }) {
  const life = new IdleAnimation(new MotionPreference().platform(), seed);
  life.configure(setting);
  life.bind(target);
  for (let i = 0; i <= seconds * hertz; i++) {
    const face = new Float32Array(67);
    const t = i / hertz;
    life.update(1000 + t * 1000, moment(t));
    const told = moment(t).face;
    if (told) face.set(told);
    life.apply(face);
    each(t, face, life);
  }
  return life;
}

/** Returns starts and peaks of blinks in `[t, lid]`. */
function blinksOf(track) {
  const blinks = [];
  let current = null;
  for (const [t, lid] of track) {
    if (lid > 0.05 && !current) {
      current = { at: t, peak: 0, until: t };
      blinks.push(current);
    }
    if (lid <= 0.05) current = null;
    if (current) [current.peak, current.until] = [Math.max(current.peak, lid), t];
  }
  return blinks;
}

test("blinks look human: every 2 to 5 seconds, complete, fast down and slow up", () => {
  const track = [];
  live({ seconds: 600, each: (t, face) => track.push([t, face[LID]]) });
  const blinks = blinksOf(track);
  const rate = blinks.length / 10;
  assert.ok(rate > 12 && rate < 25, `${rate} a minute`);
  assert.ok(blinks.every(({ peak }) => peak === 1));
  const lengths = blinks.map(({ at, until }) => until - at);
  assert.ok(Math.min(...lengths) > 0.1 && Math.max(...lengths) < 0.25, `${Math.max(...lengths)}`);
  const gaps = blinks.slice(1).map(({ at }, i) => at - blinks[i].at);
  const pairs = gaps.filter((gap) => gap < 0.6).length / gaps.length;
  assert.ok(pairs > 0.02 && pairs < 0.25, `${pairs} in pairs`);
  assert.ok(Math.max(...gaps) < 15);
});

test("while server frames lead, lids are theirs, with no second blink right after one of theirs", () => {
  const track = [];
  const shut = new Float32Array(52);
  shut[LID] = 1;
  const moment = (t) => {
    const serverLeads = t % 20 > 5 && t % 20 < 18;
    return {
      ...IDLE,
      utterance: serverLeads ? {} : null,
      serverLeads,
      face: serverLeads && t % 20 > 17.8 ? shut : null,
    };
  };
  live({ seconds: 400, moment, each: (t, face) => track.push([t, face[LID]]) });
  const early = track.filter(([t, lid]) => t % 20 > 5.3 && t % 20 < 17.7 && lid > 0);
  assert.deepEqual(early, []);
  const soon = track.filter(([t, lid]) => t % 20 > 18.05 && t % 20 < 18.6 && lid > 0);
  assert.deepEqual(soon, []);
});

test("the lids never jump, even if the server takes over during a blink", () => {
  for (let seed = 0; seed < 20; seed++) {
    let last = 0;
    const moment = (t) => ({ ...IDLE, serverLeads: Math.floor(t / 0.37) % 2 === 1 });
    live({
      seconds: 30,
      hertz: 120,
      seed,
      moment,
      each: (_, face) => {
        assert.ok(Math.abs(face[LID] - last) < 0.25, `${last} to ${face[LID]}`);
        last = face[LID];
      },
    });
  }
});

test("the gaze stays close, wanders, jumps quickly and stays within the range of eyes", () => {
  const places = [];
  live({
    seconds: 300,
    hertz: 240,
    each: (_, face) => places.push([30 * (face[OUT] - face[IN]), 30 * (face[UP] - face[DOWN])]),
  });
  const near = places.filter(([left, up]) => Math.hypot(left, up) < 4).length / places.length;
  assert.ok(near > 0.8 && near < 0.99, `${near} of the time at the camera`);
  assert.ok(places.every(([left, up]) => Math.abs(left) <= 25.01 && Math.abs(up) <= 16.01));
  const still = places.slice(1).filter(([left], i) => Math.abs(left - places[i][0]) < 0.01).length;
  assert.ok(still / places.length > 0.85, "it rests between its jumps");
});

test("thinking looks away more often than listening", () => {
  const away = (awaited) => {
    let ticks = 0;
    const each = (_, face) => {
      ticks += Math.abs(face[OUT] - face[IN]) * 30 > 6 ? 1 : 0;
    };
    live({ seconds: 200, moment: () => ({ ...IDLE, awaited }), each });
    return ticks / 12000;
  };
  assert.ok(away(true) > 2 * away(false), `${away(true)} and ${away(false)}`);
});

test("the head moves slightly and smoothly within limits, and more while speaking", () => {
  const spread = {};
  for (const utterance of [null, {}]) {
    const { root, node } = head();
    const yaws = [];
    const moment = () => ({ ...IDLE, utterance });
    let last = null;
    live({
      seconds: 120,
      target: root,
      moment,
      each: (t) => {
        const { yaw, pitch, roll } = spin(node);
        assert.ok(Math.max(Math.abs(yaw), Math.abs(pitch), Math.abs(roll)) * DEGREES < 6);
        if (last !== null && t > 1) assert.ok(Math.abs(yaw - last) * DEGREES < 0.5, "no leap");
        last = yaw;
        yaws.push(yaw * DEGREES);
      },
    });
    spread[utterance ? "speaking" : "idle"] = Math.sqrt(
      yaws.reduce((sum, y) => sum + y * y, 0) / yaws.length,
    );
  }
  assert.ok(spread.idle > 0.3 && spread.speaking > 1.3 * spread.idle, JSON.stringify(spread));
});

test("motion is the same at 20, 60 and 120 ticks a second", () => {
  const at = (hertz) => {
    const { root, node } = head();
    const seen = [];
    const each = (t, face) => {
      if (Math.abs(t * 20 - Math.round(t * 20)) < 1e-9)
        seen.push([
          face[LID],
          face[OUT] - face[IN],
          face[UP] - face[DOWN],
          node.quaternion.x,
          node.quaternion.y,
        ]);
    };
    const moment = (t) => ({ ...IDLE, utterance: t >= 10 && t < 25 ? {} : null });
    live({ seconds: 40, hertz, target: root, moment, each });
    return seen;
  };
  const [slow, usual, fast] = [20, 60, 120].map(at);
  assert.equal(slow.length, fast.length);
  let off = 0;
  for (let i = 0; i < slow.length; i++)
    for (let k = 0; k < 5; k++)
      off = Math.max(off, Math.abs(slow[i][k] - fast[i][k]), Math.abs(usual[i][k] - fast[i][k]));
  assert.ok(off < 0.02, `${off}`);
});

test("a tab that was hidden continues where it was", () => {
  const { root, node } = head();
  const life = new IdleAnimation(new MotionPreference().platform(), 3);
  life.configure(true);
  life.bind(root);
  for (let now = 0; now < 5000; now += 16) life.update(now, IDLE);
  const before = spin(node);
  life.update(3600000, IDLE);
  const after = spin(node);
  assert.ok(Math.abs(after.yaw - before.yaw) * DEGREES < 0.4);
});

test("reduced motion stops everything smoothly, or from the start if it was already set", () => {
  const quiet = new MotionPreference();
  const { root, node } = head();
  const life = new IdleAnimation(quiet.platform(), 3);
  life.configure(true);
  life.bind(root);
  let now = 0;
  const ticks = (count) => {
    for (let i = 0; i < count; i++) {
      now += 16;
      life.update(now, IDLE);
    }
  };
  ticks(400);
  assert.ok(life.active && node.quaternion.w < 1);
  quiet.set(true);
  let last = spin(node).yaw;
  for (let i = 0; i < 40; i++) {
    ticks(1);
    assert.ok(Math.abs(spin(node).yaw - last) * DEGREES < 0.5);
    last = spin(node).yaw;
  }
  assert.equal(life.active, false);
  assert.deepEqual(
    [node.quaternion.x, node.quaternion.y, node.quaternion.z, node.quaternion.w],
    [0, 0, 0, 1],
  );
  const face = new Float32Array(67);
  life.apply(face);
  assert.ok(face.every((value) => value === 0));
  quiet.set(false);
  ticks(60);
  assert.ok(life.active && node.quaternion.w < 1);
  life.dispose();
  assert.equal(node.quaternion.w, 1);
  assert.equal(quiet.listeners.size, 0);
});

test("the app's animation is the base pose, even while it moves", () => {
  const { root, node } = head();
  const still = new Audit(node);
  live({
    seconds: 20,
    target: root,
    moment: (t) => {
      // An animation mixer writes before the tick.
      node.quaternion.set(0, Math.sin(0.15 * Math.sin(t)), 0, Math.cos(0.15 * Math.sin(t)));
      return IDLE;
    },
    each: (t) => still.look(2 * 0.15 * Math.sin(t)),
  });
  assert.ok(still.most < 6 && still.most > 0.2, `${still.most} degrees off the animation`);
});

class Audit {
  most = 0;
  constructor(node) {
    this.node = node;
  }
  look(animated) {
    this.most = Math.max(this.most, Math.abs(spin(this.node).yaw - animated) * DEGREES);
  }
}

test("eyes stay on the camera while the head moves, whatever the avatar's position and orientation", () => {
  for (const turned of [0, 1.2]) {
    const { root, node } = head({ turned });
    const front = [Math.sin(turned), 0, Math.cos(turned)];
    const eyes = [3 + 0.1 * front[0], 1.6, -2 + 0.1 * front[2]];
    const camera = { matrixWorld: { elements: new Float64Array(16) } };
    camera.matrixWorld.elements.set([eyes[0] + 2 * front[0], 1.6, eyes[2] + 2 * front[2]], 12);
    const off = [];
    live({
      seconds: 60,
      target: root,
      setting: { camera },
      each: (t, face) => {
        if (t < 1) return;
        const { yaw } = spin(node);
        off.push(Math.abs(30 * (face[OUT] - face[IN]) + yaw * DEGREES));
      },
    });
    off.sort((a, b) => a - b);
    assert.ok(off[Math.floor(off.length * 0.75)] < 1.7, `${off[Math.floor(off.length * 0.75)]} degrees`);
  }
});

test("a camera at the side is looked at, one behind is not", () => {
  const look = (x, z) => {
    const { root } = head();
    const camera = { matrixWorld: { elements: new Float64Array(16) } };
    camera.matrixWorld.elements.set([3 + x, 1.6, -2 + z], 12);
    const looks = [];
    live({
      seconds: 30,
      target: root,
      setting: { camera },
      each: (_, f) => looks.push(30 * (f[OUT] - f[IN])),
    });
    return looks.sort((a, b) => a - b)[Math.floor(looks.length / 2)];
  };
  assert.ok(look(0.7, 2) > 13, "its left is +x");
  assert.ok(look(-0.7, 2) < -13);
  assert.ok(Math.abs(look(0.5, -2)) < 4);
});

/** Returns audio with a loud syllable at each of these times, over a quiet hum. */
function syllables(times, seconds) {
  const samples = Float32Array.from({ length: seconds * 16000 }, (_, i) => {
    const t = i / 16000;
    const loud = times.reduce((sum, at) => sum + Math.exp(-(((t - at) / 0.07) ** 2)), 0);
    return (0.04 + 0.5 * loud) * Math.sin(i * 0.3);
  });
  const loudness = new Loudness(16000);
  loudness.push([samples]);
  loudness.finish();
  return loudness;
}

test("nods reach their lowest point within 60 ms of the stressed syllable", () => {
  const stresses = [0.9, 2.0, 3.3, 4.1, 5.6];
  const utterance = { loudness: syllables(stresses, 7) };
  const { root, node } = head();
  const track = [];
  live({
    seconds: 7,
    target: root,
    moment: (t) => ({ ...IDLE, utterance, time: t }),
    each: (t) => track.push([t, spin(node).pitch * DEGREES]),
  });
  const { root: other, node: quiet } = head();
  const base = [];
  live({
    seconds: 7,
    target: other,
    moment: (t) => ({ ...IDLE, utterance: {}, time: t }),
    each: () => base.push(spin(quiet).pitch * DEGREES),
  });
  const nods = track.map(([t, pitch], i) => [t, pitch - base[i]]);
  for (const at of stresses) {
    const near = nods.filter(([t]) => Math.abs(t - at) < 0.3);
    const [when, much] = near.reduce((best, each) => (each[1] > best[1] ? each : best));
    assert.ok(Math.abs(when - at) <= 0.06 && much > 0.7, `${much} degrees at ${when} for ${at}`);
  }
});

test("brows rise on strong stress, but not while server frames move them", () => {
  const most = (serverLeads) => {
    let brow = 0;
    const utterance = { loudness: syllables([1, 2.5], 4) };
    const each = (_, face) => {
      brow = Math.max(brow, face[shapeIndex("browInnerUp")]);
    };
    live({ seconds: 4, moment: (t) => ({ ...IDLE, utterance, time: t, serverLeads }), each });
    return brow;
  };
  assert.ok(most(false) > 0.05, `${most(false)}`);
  assert.ok(most(true) < 0.01, `${most(true)}`);
});

test("the client animates when life is set, and writes nothing otherwise", async () => {
  const world = new World();
  const client = new Audio2FaceClient("http://server:8000", { ...world.platform(), random: () => 0.3 });
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  face.morphTargetInfluences[5] = 0.4;
  await world.advance(200);
  assert.equal(world.pendingFrames, 0);
  assert.equal(face.morphTargetInfluences[5], 0.4, "the morphs are the app's");
  client.configure({ life: true });
  let shut = 0;
  await world.advance(12000, () => {
    shut = Math.max(shut, face.value("eyeBlinkLeft"));
  });
  assert.equal(shut, 1);
  assert.ok(Math.abs(client.weights[LID] - face.value("eyeBlinkLeft")) < 1e-6);
  client.configure({ life: false });
  await world.advance(600);
  assert.ok(face.morphTargetInfluences.every((value) => value === 0));
  assert.equal(world.pendingFrames, 0);
  client.dispose();
});

test("invalid values of life are refused", () => {
  const client = new Audio2FaceClient("http://server:8000", new World().platform());
  for (const life of [1, "yes", null, { camera: {} }, { head: 1 }])
    assert.throws(() => client.configure({ life }), /life must be true, false/);
  const camera = { matrixWorld: { elements: new Array(16).fill(0) } };
  client.configure({ life: { camera, head: false } });
});

test("with head: false the bones are left to the app", () => {
  const { root, node } = head();
  live({
    seconds: 5,
    target: root,
    setting: { head: false },
    each: () => assert.equal(node.quaternion.w, 1),
  });
});

for (const names of [
  ["Head", "Neck", "Spine2"],
  ["mixamorigHead", "mixamorigNeck", "mixamorigSpine2"],
  ["mixamorig:Head", "mixamorig:Neck", "mixamorig:Spine1"],
  ["CC_Base_Head", "CC_Base_NeckTwist01", "CC_Base_Spine02"],
  ["Bip01_Head", "Bip01_Neck", "Bip01_Spine1"],
  ["J_Bip_C_Head", "J_Bip_C_Neck", "J_Bip_C_UpperChest"],
  ["頭", "首", "上半身"],
])
  test(`bones are found by name: ${names[0]}`, () => {
    const { root, node, neck, chest } = head({
      names,
      extras: [bone("HeadTop_End"), Object.assign(bone("Head"), { isSkinnedMesh: true })],
    });
    live({ seconds: 5, target: root, each: () => {} });
    for (const each of [node, neck, chest]) assert.ok(each.quaternion.w < 1, each.name);
  });

test("a VRM's humanoid bones are rotated", () => {
  const { root, node } = head();
  const own = head({ names: ["Normalized_Head", "a", "b"] }).node;
  const vrm = { scene: root, humanoid: { getNormalizedBoneNode: (name) => (name === "head" ? own : null) } };
  live({ seconds: 5, target: vrm, each: () => {} });
  assert.ok(own.quaternion.w < 1);
  assert.equal(node.quaternion.w, 1);
});

/** Returns a client whose idle animation is observed through its bones only. */
function lively(seed) {
  const life = new IdleAnimation(new MotionPreference().platform(), seed);
  life.configure(true);
  return life;
}

test("two idle animations on one skeleton add up, and leave it as it was", () => {
  const { root, node } = head();
  const lives = [1, 2].map(lively);
  for (const life of lives) life.bind(root);
  let most = 0;
  for (let now = 0; now < 60000; now += 16) {
    for (const life of lives) life.update(now, IDLE);
    const { yaw, pitch, roll } = spin(node);
    most = Math.max(most, Math.hypot(yaw, pitch, roll) * DEGREES);
  }
  assert.ok(most > 0.5 && most < 15, `${most} degrees`);
  lives[0].dispose();
  assert.ok(node.quaternion.w < 1);
  lives[1].dispose();
  const { x, y, z, w } = node.quaternion;
  assert.deepEqual([x, y, z, w], [0, 0, 0, 1]);
});

test("an avatar without size is animated once it has one, and no value is ever NaN", () => {
  const avatar = new Group();
  const bones = [new Bone(), new Bone(), new Bone()];
  for (const [i, name] of ["Head", "LeftEye", "RightEye"].entries()) bones[i].name = name;
  bones[0].position.y = 1.5;
  bones[1].position.set(0.03, 0.1, 0.1);
  bones[2].position.set(-0.03, 0.1, 0.1);
  avatar.add(bones[0].add(bones[1], bones[2]));
  avatar.scale.setScalar(0);
  const life = lively(3);
  const camera = new PerspectiveCamera();
  camera.position.set(0.7, 1.6, 2);
  camera.updateMatrixWorld();
  life.configure({ camera });
  life.bind(avatar);
  const face = new Float32Array(67);
  const run = (from, to) => {
    for (let now = from; now < to; now += 16) {
      face.fill(0);
      life.update(now, IDLE);
      life.apply(face);
      assert.ok([...bones[0].quaternion.toArray(), ...face].every(Number.isFinite));
    }
  };
  run(0, 2000);
  assert.equal(bones[0].quaternion.w, 1);
  avatar.scale.setScalar(1);
  run(2000, 4000);
  assert.ok(bones[0].quaternion.w < 1);
  assert.ok(30 * (face[OUT] - face[IN]) > 8, "the camera is at its left");
});

test("a camera with an invalid matrix is not looked at", () => {
  const { root } = head();
  const camera = { matrixWorld: { elements: new Float64Array(16).fill(Number.NaN) } };
  live({
    seconds: 2,
    target: root,
    setting: { camera },
    each: (_, face) => assert.ok(face.every(Number.isFinite)),
  });
});

test("a head that is a mesh is rotated about its neck, never about the floor", () => {
  for (const { at, grouped, turns } of [
    { at: 1.65, grouped: false, turns: false },
    { at: 1.65, grouped: true, turns: false },
    { at: 0.2, grouped: false, turns: true },
    { at: 0, grouped: true, turns: true },
  ]) {
    const mesh = new Mesh(new BoxGeometry(0.2, 0.25, 0.2).translate(0, at, 0));
    const node = grouped ? new Group().add(mesh) : mesh;
    node.name = "Head";
    node.position.y = 1.65 - at;
    live({ seconds: 2, target: new Group().add(node), each: () => {} });
    assert.equal(node.quaternion.w < 1, turns, `origin ${at} below, ${grouped ? "a group" : "a mesh"}`);
  }
});

for (const [left, right] of [
  ["LeftEye", "RightEye"],
  ["lefteye", "righteye"],
  ["eye_L", "eye_R"],
  ["leye", "reye"],
  ["CC_Base_L_Eye", "CC_Base_R_Eye"],
  ["J_Adj_L_FaceEye", "J_Adj_R_FaceEye"],
  ["左目", "右目"],
])
  test(`the eyes are found, for idle animation and gaze: ${left}`, () => {
    const nodes = [bone("LeftFoot", [-1, 0, 0]), bone(right, [0.1, 0, 0]), bone(left, [0.2, 0, 0])];
    nodes.push(bone("RightFoot", [1, 0, 0]));
    const pairs = pairsOf(nodes);
    assert.deepEqual(
      eyesOf(pairs).map(({ name }) => name),
      [left, right],
    );
    assert.deepEqual(leftOf(pairs), [1, 0, 0]);
  });

test("the eyes of a VRM come from its humanoid, whatever their names", () => {
  const { root, node } = head();
  const own = { head: node, leftEye: bone("a", [0.1, 0.3, 0.1]), rightEye: bone("b", [-0.1, 0.3, 0.1]) };
  node.add(own.leftEye, own.rightEye);
  const body = new HeadRig({ scene: root, humanoid: { getNormalizedBoneNode: (name) => own[name] ?? null } });
  const seen = new Float64Array(3);
  const place = new Float64Array(16);
  place.set([3, 1.8, 0], 12);
  assert.ok(body.locate(place, seen));
  assert.ok(Math.hypot(seen[0], seen[1], seen[2] - 1.9) < 1e-6, `${seen}`);
});
