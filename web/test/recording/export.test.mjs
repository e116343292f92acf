import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { test } from "node:test";
import validator from "gltf-validator";
import { AnimationMixer } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { BLENDSHAPES, SHAPE_COUNT, shapeIndex } from "../../src/arkit.js";
import { FACE_WIDTH, oculusIndex } from "../../src/oculus.js";
import { bakeTake } from "../../src/recording/bake.js";
import { Glb } from "../../src/recording/glb.js";
import { TAKE_RATE, Take } from "../../src/recording/take.js";

const AVATARS = new URL("../../../../shared/data/avatars/", import.meta.url);
const OWN = new URL("../../avatar/head.glb", import.meta.url);

/** Returns a take in which the jaw opens within a second and the left lid closes half way. */
function take(seconds = 1) {
  const made = new Take(1, () => {});
  const face = new Float32Array(FACE_WIDTH);
  for (let i = 0; i < seconds * TAKE_RATE; i++) {
    face[shapeIndex("jawOpen")] = i / (seconds * TAKE_RATE - 1);
    face[shapeIndex("eyeBlinkLeft")] = 0.5;
    face[shapeIndex("mouthLeft")] = 0.25;
    face[oculusIndex("aa")] = face[shapeIndex("jawOpen")];
    made.add(face, "server");
  }
  made.finish(seconds);
  return made;
}

/** Returns a GLB with one triangle per list of morph targets; null means none. */
function glb(lists, changes = {}) {
  const corners = new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, -1, 0, 0, -1, 0, 0, 0, 0]);
  const meshes = lists.map((names) => ({
    primitives: [
      { attributes: { POSITION: 0 }, ...(names && { targets: names.map(() => ({ POSITION: 1 })) }) },
    ],
    ...(names && { extras: { targetNames: names } }),
  }));
  const accessor = (bufferView, min, max) => ({
    bufferView,
    componentType: 5126,
    count: 3,
    type: "VEC3",
    min,
    max,
  });
  const document = {
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: lists.map((_, i) => i) }],
    nodes: lists.map((_, mesh) => ({ mesh, name: `Part${mesh}` })),
    meshes,
    accessors: [accessor(0, [0, 0, 0], [1, 1, 0]), accessor(1, [0, -1, 0], [0, 0, 0])],
    bufferViews: [0, 36].map((byteOffset) => ({ buffer: 0, byteOffset, byteLength: 36 })),
    buffers: [{ byteLength: 72 }],
    ...changes,
  };
  return container(document, new Uint8Array(corners.buffer));
}

function container(document, binary) {
  let text = JSON.stringify(document);
  text += " ".repeat(-Buffer.byteLength(text) & 3);
  const json = Buffer.from(text);
  const chunk = (type, bytes) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(bytes.length, 0);
    head.write(type, 4, "latin1");
    return Buffer.concat([head, bytes]);
  };
  const chunks = [chunk("JSON", json), ...(binary ? [chunk("BIN\0", Buffer.from(binary))] : [])];
  const length = 12 + chunks.reduce((sum, { length }) => sum + length, 0);
  const head = Buffer.from("glTF________", "latin1");
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(length, 8);
  return new Uint8Array(Buffer.concat([head, ...chunks]));
}

async function validated(bytes) {
  const report = await validator.validateBytes(bytes, { maxIssues: 20 });
  return report.issues.messages.filter(({ severity }) => severity === 0);
}

/** Plays the last animation in three and reads the targets of the first mesh. */
async function played(bytes, times) {
  const { buffer, byteOffset, length } = bytes;
  const gltf = await new GLTFLoader().parseAsync(buffer.slice(byteOffset, byteOffset + length), "");
  const mixer = new AnimationMixer(gltf.scene);
  mixer.clipAction(gltf.animations.at(-1)).play();
  const mesh = gltf.scene.getObjectByProperty("isMesh", true);
  return times.map((time) => {
    mixer.setTime(time);
    return Object.fromEntries(
      Object.entries(mesh.morphTargetDictionary).map(([name, i]) => [name, mesh.morphTargetInfluences[i]]),
    );
  });
}

test("JSON matches the response of POST /v1/animate", () => {
  const { fps, blendshapes, weights } = JSON.parse(take().json());
  assert.equal(fps, 30);
  assert.deepEqual(blendshapes, BLENDSHAPES);
  assert.equal(weights.length, 30);
  assert.equal(weights[10].length, 52);
  assert.equal(weights[10][shapeIndex("jawOpen")], 0.339);
});

test("CSV has Live Link Face's 61 columns and its timecode", () => {
  const [header, ...rows] = take(2).csv().trimEnd().split("\n");
  const columns = header.split(",");
  assert.equal(columns.length, 2 + 61);
  assert.deepEqual(columns.slice(0, 3), ["Timecode", "BlendShapeCount", "EyeBlinkLeft"]);
  assert.deepEqual(columns.slice(-3), ["RightEyeYaw", "RightEyePitch", "RightEyeRoll"]);
  assert.ok(columns.indexOf("MouthRight") < columns.indexOf("MouthLeft"));
  assert.equal(rows.length, 60);
  const cells = rows[31].split(",");
  assert.deepEqual(cells.slice(0, 3), ["00:00:01:01.000", "61", "0.5000000000"]);
  assert.equal(cells[columns.indexOf("MouthLeft")], "0.2500000000");
  assert.equal(cells[columns.indexOf("MouthRight")], "0.0000000000");
});

test("a baked GLB is valid and plays in three as the take does", async () => {
  const baked = bakeTake(take(), glb([BLENDSHAPES]), { name: "hello" });
  assert.deepEqual(await validated(baked), []);
  const times = [0, 0.1, 0.5, 0.75, 0.95];
  const face = new Float32Array(FACE_WIDTH);
  for (const [i, weights] of (await played(baked, times)).entries()) {
    take().faceAt(times[i], face);
    for (const name of BLENDSHAPES)
      assert.ok(Math.abs(weights[name] - face[shapeIndex(name)]) < 1e-3, `${name} at ${times[i]}`);
  }
  assert.equal(new Glb(baked).document.animations[0].name, "hello");
});

test("other spellings of the shapes are found, as by the client", async () => {
  const baked = bakeTake(take(), glb([["eyeBlink_L", "Jaw_Open", "smirk"]]));
  const [weights] = await played(baked, [0.5]);
  assert.ok(Math.abs(weights.Jaw_Open - 0.5) < 0.02);
  assert.equal(weights.eyeBlink_L, 0.5);
  assert.equal(weights.smirk, 0);
});

test("targets that nothing moves keep the file's weights", () => {
  const { document } = new Glb(glb([["jawOpen", "beard"]]));
  document.meshes[0].weights = [0, 0.75];
  assert.equal(lastScalars(bakeTake(take(), container(document, new Uint8Array(72))))[1], 0.75);
});

test("an empty target leaves its shape to another, as when bound live", () => {
  const { document } = new Glb(glb([["jawOpen", "viseme_aa"]]));
  const [moving] = document.accessors.slice(1);
  const empty = document.accessors.push({ ...moving, min: [0, 0, 0], max: [0, 0, 0] }) - 1;
  document.meshes[0].primitives[0].targets[0].POSITION = empty;
  const keys = lastScalars(bakeTake(take(), container(document, new Uint8Array(72))));
  assert.ok(keys.every((weight, i) => i % 2 === 1 || weight === 0));
  assert.ok(keys.at(-1) > 0.9);
});

/** Returns the numbers of the last accessor. */
function lastScalars(bytes) {
  const { document } = new Glb(bytes);
  const view = new DataView(bytes.buffer);
  const binary = 20 + view.getUint32(12, true) + 8;
  const { bufferView, count } = document.accessors.at(-1);
  const at = binary + document.bufferViews[bufferView].byteOffset;
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32(at + i * 4, true));
}

test("meshes with the same targets share data, and those without a face are left alone", () => {
  const { document } = new Glb(
    bakeTake(take(), glb([["jawOpen"], ["jawOpen"], null, ["tongueOut", "x"], ["x"]])),
  );
  const [{ channels, samplers }] = document.animations;
  assert.deepEqual(
    channels.map(({ target }) => target.node),
    [0, 1, 3],
  );
  assert.deepEqual(
    channels.map(({ sampler }) => sampler),
    [0, 0, 1],
  );
  assert.equal(samplers.length, 2);
});

test("existing animations and bytes are kept", () => {
  const before = new Glb(glb([["jawOpen"]]));
  before.document.animations = [];
  const times = before.addScalars(new Float32Array([0, 1]), { min: [0], max: [1] });
  const sampler = { input: times, output: before.addScalars(new Float32Array([0, 1])) };
  before.document.animations.push({
    samplers: [sampler],
    channels: [{ sampler: 0, target: { node: 0, path: "weights" } }],
  });
  const first = before.bytes();
  const second = bakeTake(take(), first);
  assert.equal(new Glb(second).document.animations.length, 2);
  assert.deepEqual(binaryOf(second).subarray(0, binaryOf(first).length), binaryOf(first));
});

function binaryOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const at = 20 + view.getUint32(12, true);
  return bytes.subarray(at + 8, at + 8 + view.getUint32(at, true));
}

test("a file that cannot hold the animation is reported", () => {
  assert.throws(
    () => bakeTake(take(), glb([["smirk"], null])),
    /no morph targets with known names, and a VRM's expressions cannot be baked\. Export CSV or JSON/,
  );
  assert.throws(() => bakeTake(take(), new Uint8Array(10)), /not a GLB/);
  assert.throws(() => bakeTake(take(), glb([["jawOpen"]]).subarray(0, 200)), /cut off/);
  assert.throws(() => bakeTake(new Take(1, () => {}), glb([["jawOpen"]])), /empty/);
  const outside = container({ asset: { version: "2.0" }, buffers: [{ byteLength: 4, uri: "a.bin" }] }, null);
  assert.throws(() => bakeTake(take(), outside), /one file/);
});

test("unusual files are reported, or read as three reads them", () => {
  const data = new Uint8Array(72);
  const changed = (change) => {
    const { document } = new Glb(glb([["jawOpen"]]));
    change(document.meshes[0]);
    return container(document, data);
  };
  for (const names of [["jawOpen", "more"], [], { jawOpen: 0 }, { 0: "jawOpen", length: 1 }])
    assert.throws(
      () =>
        bakeTake(
          take(),
          changed((mesh) => Object.assign(mesh.extras, { targetNames: names })),
        ),
      /no morph targets with known names/,
      JSON.stringify(names),
    );
  const parts = changed(({ primitives }) => primitives.push({ attributes: { POSITION: 0 } }));
  assert.equal(new Glb(bakeTake(take(), parts)).document.animations[0].channels.length, 1);
  assert.throws(
    () =>
      bakeTake(
        take(),
        changed((mesh) => delete mesh.primitives),
      ),
    /no morph targets/,
  );
});

test("a target below export noise is not baked, quantised or not", () => {
  const names = ["jawOpen", "eyeBlinkLeft", "mouthLeft"];
  for (const [kind, unit] of [
    [{ componentType: 5126 }, 1],
    [{ componentType: 5122, normalized: true }, 32767],
  ]) {
    const bounds = (x) => ({ count: 3, type: "VEC3", min: [0, 0, 0], max: [x * unit, 0, 0], ...kind });
    const { document } = new Glb(glb([names, names]));
    document.accessors = [bounds(1), bounds(0.1), bounds(0), bounds(0.0005)];
    for (const [{ primitives }, reached] of [
      [document.meshes[0], [1, 3, 1]],
      [document.meshes[1], [2, 1, 1]],
    ])
      primitives[0].targets = reached.map((POSITION) => ({ POSITION }));
    const bytes = bakeTake(take(), container(document, new Uint8Array(72)));
    const { document: baked } = new Glb(bytes);
    const binary = binaryOf(bytes);
    const { samplers } = baked.animations[0];
    const lasts = samplers.map(({ output }) => {
      const { byteOffset } = baked.bufferViews[baked.accessors[output].bufferView];
      const view = new DataView(binary.buffer, binary.byteOffset + byteOffset);
      return names.map((_, i) => view.getFloat32(4 * (29 * names.length + i), true));
    });
    assert.equal(lasts.length, 2);
    assert.ok(lasts[0][0] > 0.9 && lasts[0][1] === 0 && lasts[0][2] > 0.2, String(lasts[0]));
    assert.ok(lasts[1][0] === 0 && lasts[1][1] > 0.4, String(lasts[1]));
  }
});

test("a GLB with an unreadable document is not a GLB", () => {
  for (const text of ["{oops", "null", "7", "[]"]) {
    const json = Buffer.from(text + " ".repeat(-text.length & 3));
    const bytes = new Uint8Array(20 + json.length);
    const view = new DataView(bytes.buffer);
    const words = [0x46546c67, 2, bytes.length, json.length, 0x4e4f534a];
    words.forEach((word, i) => {
      view.setUint32(i * 4, word, true);
    });
    bytes.set(json, 20);
    assert.throws(() => bakeTake(take(), bytes), { name: "A2FError", message: /not a GLB/ }, text);
  }
});

const WILD = [
  "talkinghead_brunette-t.glb",
  "talkinghead_vroid_meshopt.glb",
  "rpm_irisaprime_arkit52.glb",
  "rpm_646d9_r3f-lipsync.glb",
];

for (const path of [OWN, ...WILD.map((name) => new URL(name, AVATARS))]) {
  test(`${path.pathname.split("/").at(-1)} is as valid with the take as without`, async (t) => {
    if (
      await access(path).then(
        () => false,
        () => true,
      )
    )
      return t.skip("the avatar is missing");
    const before = new Uint8Array(await readFile(path));
    const baked = bakeTake(take(), before);
    assert.deepEqual(await validated(baked), await validated(before));
    assert.deepEqual(binaryOf(baked).subarray(0, binaryOf(before).length), binaryOf(before));
    const { document } = new Glb(baked);
    const { channels, samplers } = document.animations.at(-1);
    assert.ok(channels.length >= 1);
    const { count } = document.accessors[samplers[0].input];
    assert.equal(count, 30);
    const { mesh } = document.nodes[channels[0].target.node];
    const targets = document.meshes[mesh].primitives[0].targets.length;
    assert.equal(document.accessors[samplers[0].output].count, count * targets);
  });
}

test("frames are 52 wide", () => {
  const { weights, count } = take().frames(60);
  assert.equal(weights.length, count * SHAPE_COUNT);
});
