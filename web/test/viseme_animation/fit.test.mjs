// 52 ARKit shapes are fitted by visemes: each viseme is recognised, closures are closed, and nothing
// flickers.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { BLENDSHAPES, SHAPE_COUNT, shapeIndex } from "../../src/arkit.js";
import { BOUND_WIDTH, FACE_WIDTH, OCULUS, oculusIndex, VOWELS, vowelIndex } from "../../src/oculus.js";
import { canonicalShape } from "../../src/shape_names.js";
import { arkitShapesOf, VISEME_FACES, VisemeFit } from "../../src/viseme_animation/fit.js";

const PAIRS = new URL("../../../../shared/data/pairs/", import.meta.url);
const faceOf = (values) => {
  const face = new Float32Array(BOUND_WIDTH);
  for (const [name, value] of Object.entries(values)) face[shapeIndex(name)] = value;
  return face;
};
const fitted = (values, fit = VisemeFit.ofAll()) => {
  const face = faceOf(values);
  fit.write(face);
  return face;
};
const named = (visemeFace) => Object.fromEntries(BLENDSHAPES.map((name, i) => [name, visemeFace[i]]));
const total = (face) => face.subarray(SHAPE_COUNT).reduce((sum, value) => sum + value, 0);

for (const [name, visemeFace] of Object.entries(VISEME_FACES)) {
  test(`the face of ${name} is fitted as ${name}`, () => {
    const face = fitted(named(visemeFace));
    const others = OCULUS.filter((other) => other !== name).map((other) => face[oculusIndex(other)]);
    assert.ok(face[oculusIndex(name)] > Math.max(0.4, ...others));
  });
}

for (const vowel of VOWELS) {
  test(`among the vowels, the face of ${vowel} is fitted as ${vowel}`, () => {
    const face = fitted(named(VISEME_FACES[vowel]), VisemeFit.ofVowels());
    assert.ok(face[vowelIndex(vowel)] > 0.8);
    assert.ok(face.subarray(SHAPE_COUNT, FACE_WIDTH).every((value) => value === 0));
  });
}

test("half a vowel is fitted as about half", () => {
  const half = fitted(named(VISEME_FACES.aa.map((value) => value / 2)), VisemeFit.ofVowels());
  assert.ok(Math.abs(half[vowelIndex("aa")] - 0.5) < 0.12);
});

test("closed lips over an open jaw are PP, and not a vowel", () => {
  const closed = { jawOpen: 0.3, mouthClose: 0.28, mouthPressLeft: 0.1, mouthPressRight: 0.1 };
  assert.ok(fitted(closed)[oculusIndex("PP")] > 0.8);
  assert.ok(total(fitted(closed, VisemeFit.ofVowels())) < 0.1);
});

test("pressed lips that are apart are not PP", () => {
  const apart = fitted({ jawOpen: 0.4, mouthPressLeft: 0.2, mouthPressRight: 0.2, mouthRollUpper: 0.1 });
  assert.equal(apart[oculusIndex("PP")], 0);
  assert.ok(apart[oculusIndex("aa")] > 0.5);
});

test("a smile is not a vowel", () => {
  const smile = { mouthSmileLeft: 0.6, mouthSmileRight: 0.6, cheekSquintLeft: 0.5, cheekSquintRight: 0.5 };
  assert.ok(total(fitted(smile)) < 0.4);
});

test("a neutral face has no visemes, and a full one at most 1 in total", () => {
  assert.equal(total(fitted({})), 0);
  const all = fitted(Object.fromEntries(BLENDSHAPES.map((name) => [name, 1])));
  assert.ok(all.subarray(SHAPE_COUNT).every((value) => value >= 0));
  assert.ok(total(all) <= 1 + 1e-6);
});

test("a small change of the face changes the visemes little, from any start", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  for (let round = 0; round < 300; round++) {
    const values = Object.fromEntries(BLENDSHAPES.map((name) => [name, random() ** 3 * 0.7]));
    const moved = BLENDSHAPES[Math.floor(random() * SHAPE_COUNT)];
    const [before, after] = [fitted(values), fitted({ ...values, [moved]: values[moved] + 0.005 })];
    const most = Math.max(
      ...OCULUS.map((_, i) => Math.abs(before[SHAPE_COUNT + i] - after[SHAPE_COUNT + i])),
    );
    assert.ok(most < 0.1, `${moved} changes a viseme by ${most}`);
  }
});

test("the result does not depend on earlier faces", () => {
  const travelled = VisemeFit.ofAll();
  for (const name of OCULUS.filter((name) => name in VISEME_FACES))
    travelled.write(faceOf(named(VISEME_FACES[name])));
  const values = named(VISEME_FACES.E);
  const [there, fresh] = [fitted(values, travelled), fitted(values)];
  assert.ok(there.every((value, i) => Math.abs(value - fresh[i]) < 0.05));
});

test("arkitShapesOf returns the ARKit shapes of a channel", () => {
  assert.deepEqual(arkitShapesOf(3), [3]);
  assert.ok(arkitShapesOf(oculusIndex("aa")).includes(shapeIndex("jawOpen")));
  assert.ok(arkitShapesOf(vowelIndex("U")).includes(shapeIndex("mouthPucker")));
  assert.ok(arkitShapesOf(oculusIndex("PP")).includes(shapeIndex("mouthClose")));
  assert.deepEqual(arkitShapesOf(oculusIndex("sil")), []);
});

/** Returns the weights of a recorded track, frame by frame. */
function track(file) {
  const [head, ...rows] = readFileSync(new URL(file, PAIRS), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const columns = head.map((name) => canonicalShape(name.replace("blendShapes.", "")));
  return rows.map((row) => {
    const face = new Float32Array(BOUND_WIDTH);
    for (const [i, column] of columns.entries())
      if (column >= 0) face[column] = Math.min(1, Math.max(0, row[i]));
    return face;
  });
}

for (const [file, ms] of Object.entries({
  "nvidia_audio2face_mark_joy.csv": 33,
  "grid_bbaf2n.csv": 40,
  "livelink_MySlate_166_iPhone_cal.csv": 17,
})) {
  test(`at 60 ticks a second nothing flickers in ${file}`, {
    skip: !existsSync(new URL(file, PAIRS)),
  }, () => {
    const fit = VisemeFit.ofAll();
    const frames = track(file).slice(0, 600);
    for (const frame of frames) fit.write(frame);
    for (let i = 1; i < frames.length; i++) {
      assert.ok(total(frames[i]) <= 1 + 1e-6);
      for (let k = SHAPE_COUNT; k < FACE_WIDTH; k++)
        assert.ok((Math.abs(frames[i][k] - frames[i - 1][k]) / ms) * 16.7 < 0.35);
    }
  });
}
