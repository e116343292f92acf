import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SHAPE_COUNT, shapeIndex } from "../../src/arkit.js";
import { Loudness } from "../../src/audio/loudness.js";
import { FACE_WIDTH, OCULUS, oculusIndex } from "../../src/oculus.js";
import { VisemeSource } from "../../src/viseme_animation/source.js";
import { TICK } from "../support/world.mjs";

const STEP = TICK / 1000;
const stream = (marks, duration) => {
  const visemes = new VisemeSource();
  for (const [time, id] of marks) visemes.add(time, id);
  if (duration !== undefined) visemes.finish(duration);
  return visemes;
};
const at = (visemes, time) => {
  const face = new Float32Array(FACE_WIDTH);
  visemes.sample(time, face);
  return face;
};
const shape = (face, name) => face[shapeIndex(name)];
const oculus = (face, name) => face[oculusIndex(name)];
const both = (face, name) => shape(face, `${name}Left`) + shape(face, `${name}Right`);
/** Lip distance as in the lip-sync score. */
const aperture = (face) =>
  Math.max(
    0,
    shape(face, "jawOpen") +
      0.25 * (both(face, "mouthLowerDown") + both(face, "mouthUpperUp")) -
      shape(face, "mouthClose") -
      0.25 * both(face, "mouthPress") -
      0.3 * (shape(face, "mouthRollLower") + shape(face, "mouthRollUpper")),
  );
const strongest = (face) =>
  OCULUS.reduce((best, name) => (oculus(face, name) > oculus(face, best) ? name : best));
const faces = (visemes, from, to) =>
  Array.from({ length: Math.round((to - from) / STEP) + 1 }, (_, i) => at(visemes, from + i * STEP));

function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Returns marks of random sounds of this duration, with pauses. */
function babble(seed, count, shortest, longest) {
  const random = randomOf(seed);
  const marks = [];
  let time = 0;
  for (let i = 0; i < count; i++) {
    marks.push([time, Math.floor(random() * 22)]);
    time += shortest + random() * (longest - shortest);
  }
  return { marks, duration: time };
}

/** Returns the largest change in a tick, of ARKit shapes and of visemes. */
function movement(list) {
  const most = [0, 0];
  for (let i = 1; i < list.length; i++) {
    for (let k = 0; k < FACE_WIDTH; k++) {
      const half = k < SHAPE_COUNT ? 0 : 1;
      most[half] = Math.max(most[half], Math.abs(list[i][k] - list[i - 1][k]));
    }
  }
  return most;
}

/** Returns the longest time in seconds in which no ARKit shape leaves a band of .01. */
function stillness(list) {
  let longest = 0;
  for (let start = 0; start < list.length; start++) {
    let end = start + 1;
    const low = list[start].slice(0, SHAPE_COUNT);
    const high = low.slice();
    const grows = (value, k) => {
      low[k] = Math.min(low[k], value);
      high[k] = Math.max(high[k], value);
      return high[k] - low[k] > 0.01;
    };
    while (end < list.length && !list[end].subarray(0, SHAPE_COUNT).some(grows)) end++;
    longest = Math.max(longest, (end - 1 - start) * STEP);
  }
  return longest;
}

const TARGETS = {
  0: "sil",
  1: "aa",
  2: "aa",
  3: "O",
  4: "E",
  5: "RR",
  6: "I",
  7: "U",
  8: "O",
  13: "RR",
  14: "nn",
  15: "SS",
  16: "CH",
  17: "TH",
  18: "FF",
  19: "DD",
  20: "kk",
  21: "PP",
};
for (const [id, name] of Object.entries(TARGETS)) {
  test(`viseme ${id} is ${name}`, () => {
    const face = at(
      stream(
        [
          [0, 0],
          [0.3, 1],
          [0.4, Number(id)],
          [0.6, 1],
          [0.7, 0],
        ],
        1,
      ),
      0.5,
    );
    assert.equal(strongest(face), name);
    assert.ok(oculus(face, name) > 0.6, `${oculus(face, name)}`);
  });
}

test("ARKit shapes and visemes of a face agree", () => {
  const of = (id) =>
    at(
      stream(
        [
          [0, 0],
          [0.3, id],
        ],
        0.5,
      ),
      0.4,
    );
  assert.ok(shape(of(2), "jawOpen") > shape(of(1), "jawOpen"));
  assert.ok(shape(of(1), "jawOpen") > shape(of(6), "jawOpen"));
  assert.ok(shape(of(7), "mouthPucker") > 0.35);
  assert.ok(shape(of(8), "mouthFunnel") > 0.25);
  assert.ok(shape(of(6), "mouthStretchLeft") > 0.2);
  assert.ok(shape(of(16), "mouthFunnel") > 0.3);
  assert.ok(shape(of(17), "tongueOut") > 0.2);
  assert.ok(shape(of(18), "mouthRollLower") > 0.35);
  assert.ok(shape(of(21), "mouthPressLeft") > 0.05);
  assert.ok(aperture(of(15)) < 0.5 * aperture(of(2)));
  assert.ok(
    of(0)
      .subarray(0, SHAPE_COUNT)
      .every((value) => value === 0),
  );
});

test("weights stay within 0 and 1, and visemes are at most 1 in total", () => {
  const { marks, duration } = babble(5, 800, 0.02, 0.3);
  for (const face of faces(stream(marks, duration), 0, duration)) {
    assert.ok(face.every((value) => value >= 0 && value <= 1));
    assert.ok(face.subarray(SHAPE_COUNT).reduce((sum, value) => sum + value) < 1.25);
  }
});

for (const ms of [20, 40, 60, 100, 200]) {
  for (const [id, name] of [
    [21, "PP"],
    [18, "FF"],
  ]) {
    test(`${name} of ${ms} ms between open vowels is complete, and lips part again`, () => {
      const length = ms / 1000;
      const visemes = stream(
        [
          [0, 0],
          [0.2, 2],
          [0.4, id],
          [0.4 + length, 2],
          [0.6 + length, 0],
        ],
        1,
      );
      const middle = at(visemes, 0.4 + length / 2);
      assert.ok(oculus(middle, name) >= 0.999);
      assert.ok(oculus(middle, "aa") < 0.01);
      if (id === 21) assert.ok(aperture(middle) <= 0.001);
      // A tick hits it whatever the phase of the display.
      for (let phase = 0; phase < STEP; phase += STEP / 10) {
        const seen = faces(visemes, 0.3 + phase, 0.5 + length + phase);
        assert.ok(Math.max(...seen.map((face) => oculus(face, name))) >= 0.95);
        const p90 = aperture(at(visemes, 0.3));
        if (id === 21) assert.ok(Math.min(...seen.map(aperture)) <= 0.25 * p90);
      }
      for (const open of [0.3, 0.5 + length]) assert.ok(aperture(at(visemes, open)) > 0.4);
    });
  }
}

test("lips part between closures, even in fast speech", () => {
  const visemes = stream(
    [
      [0, 21],
      [0.05, 2],
      [0.1, 21],
      [0.15, 2],
      [0.2, 21],
    ],
    0.3,
  );
  for (const middle of [0.075, 0.175]) assert.ok(oculus(at(visemes, middle), "PP") < 0.75);
  for (const middle of [0.025, 0.125]) assert.ok(oculus(at(visemes, middle), "PP") > 0.99);
});

test("a closure given as several marks stays closed", () => {
  const visemes = stream(
    [
      [0, 2],
      [0.2, 21],
      [0.28, 21],
      [0.36, 2],
    ],
    0.6,
  );
  for (let time = 0.24; time <= 0.32; time += 0.005) assert.ok(oculus(at(visemes, time), "PP") > 0.95);
});

for (const [id, first, second] of [
  [9, "aa", "U"],
  [10, "O", "I"],
  [11, "aa", "I"],
]) {
  test(`viseme ${id} goes from ${first} to ${second}`, () => {
    const visemes = stream(
      [
        [0, 0],
        [0.2, 19],
        [0.28, id],
        [0.48, 19],
        [0.56, 0],
      ],
      1,
    );
    const [early, late] = [at(visemes, 0.33), at(visemes, 0.43)];
    assert.equal(strongest(early), first);
    assert.equal(strongest(late), second);
    assert.ok(oculus(early, first) > 0.5 && oculus(late, second) > 0.5);
  });
}

test("an h has the shape of its vowel, less open", () => {
  for (const [vowel, name] of [
    [2, "aa"],
    [7, "U"],
    [11, "aa"],
  ]) {
    const of = (id) =>
      at(
        stream(
          [
            [0, 0],
            [0.2, id],
            [0.3, vowel],
            [0.5, 0],
          ],
          1,
        ),
        0.22,
      );
    assert.equal(strongest(of(12)), name);
    assert.ok(aperture(of(12)) < 0.95 * aperture(of(vowel)));
  }
});

test("the mouth starts to move before the sound", () => {
  const visemes = stream(
    [
      [0, 0],
      [0.5, 2],
      [0.7, 7],
      [0.9, 21],
      [1, 2],
      [1.2, 0],
    ],
    1.5,
  );
  assert.equal(shape(at(visemes, 0.38), "jawOpen"), 0);
  assert.ok(shape(at(visemes, 0.46), "jawOpen") > 0.1);
  assert.ok(shape(at(visemes, 0.62), "mouthPucker") > 0.03);
  assert.ok(shape(at(visemes, 0.68), "mouthPucker") > 0.12);
  assert.ok(oculus(at(visemes, 0.895), "PP") > 0.2);
});

test("a consonant takes on the rounding of its vowel", () => {
  const of = (vowel) =>
    at(
      stream(
        [
          [0, 0],
          [0.2, 20],
          [0.3, vowel],
          [0.5, 0],
        ],
        1,
      ),
      0.25,
    );
  assert.ok(shape(of(7), "mouthPucker") > 0.25);
  assert.equal(shape(of(2), "mouthPucker"), 0);
  assert.ok(shape(of(2), "jawOpen") > shape(of(7), "jawOpen") + 0.1);
});

test("silence is neutral, and fades in and out in about 100 ms", () => {
  const visemes = stream(
    [
      [0, 2],
      [0.5, 0],
      [1, 2],
    ],
    1.5,
  );
  assert.ok(shape(at(visemes, 0.44), "jawOpen") > 0.35);
  for (const time of [0.59, 0.75, 0.89]) {
    const face = at(visemes, time);
    assert.ok(face.subarray(0, SHAPE_COUNT).every((value) => value === 0));
    assert.equal(oculus(face, "sil"), 1);
  }
  assert.ok(shape(at(visemes, 1.04), "jawOpen") > 0.35);
});

test("consecutive silences count as one", () => {
  const visemes = stream(
    [
      [0, 2],
      [0.3, 0],
      [0.5, 0],
      [0.7, 0],
      [0.9, 2],
    ],
    1.2,
  );
  for (let time = 0.4; time < 0.79; time += 0.01) assert.equal(oculus(at(visemes, time), "sil"), 1);
});

test("before the first mark and after the end there is silence", () => {
  const visemes = stream([[0.5, 2]], 1);
  assert.equal(oculus(at(visemes, 0.2), "sil"), 1);
  assert.equal(oculus(at(visemes, 1.2), "sil"), 1);
  assert.equal(oculus(at(new VisemeSource(), 0.2), "sil"), 1);
});

const REALISTIC = [
  [0, 0],
  [0.1, 12],
  [0.16, 4],
  [0.22, 14],
  [0.3, 8],
  [0.55, 7],
  [0.63, 5],
  [0.72, 14],
  [0.78, 19],
  [0.85, 17],
  [0.91, 1],
  [0.96, 21],
  [1.15, 2],
  [1.65, 15],
  [2, 6],
  [2.5, 21],
  [2.7, 4],
  [2.8, 20],
  [2.9, 19],
  [3.2, 0],
];

test("during speech the mouth is never still for 150 ms", () => {
  const visemes = stream(REALISTIC, 3.5);
  assert.ok(stillness(faces(visemes, 0.1, 3.2)) <= 0.15);
  for (let id = 1; id < 22; id++) {
    const alone = stream(
      [
        [0, 1],
        [0.2, id],
        [0.6, 1],
        [0.8, 0],
      ],
      1,
    );
    assert.ok(stillness(faces(alone, 0, 0.8)) <= 0.15, `${id}`);
  }
});

test("the movement per tick is limited", () => {
  for (const [shortest, longest, arkit, visemes] of [
    [0.06, 0.2, 0.15, 0.3],
    [0.04, 0.2, 0.15, 0.36],
    [0.02, 0.06, 0.25, 0.65],
  ]) {
    const { marks, duration } = babble(3, 4000, shortest, longest);
    const [ofShapes, ofVisemes] = movement(faces(stream(marks, duration), 0, duration));
    assert.ok(ofShapes <= arkit, `${ofShapes}`);
    assert.ok(ofVisemes <= visemes, `${ofVisemes}`);
  }
});

test("a loud voice opens the mouth further", () => {
  const visemes = stream([[0, 2]], 0.5);
  visemes.level = () => 0.1;
  const quiet = shape(at(visemes, 0.25), "jawOpen");
  visemes.level = () => 1;
  assert.ok(shape(at(visemes, 0.25), "jawOpen") > quiet * 1.3);
  visemes.level = () => -1;
  assert.ok(shape(at(visemes, 0.25), "jawOpen") > quiet);
});

test("sparse marks are complemented by loudness", () => {
  const sparse = [
    [0, 0],
    [0.2, 21],
    [1.4, 6],
    [2.6, 0],
  ];
  const visemes = stream(sparse, 3);
  assert.ok(oculus(at(visemes, 0.28), "PP") > 0.95);
  assert.ok(oculus(at(visemes, 0.7), "PP") < 0.01);
  assert.ok(stillness(faces(visemes, 0.2, 2.5)) <= 0.15);
  const closed = [];
  for (const level of [0, 1]) {
    visemes.level = () => level;
    closed.push(aperture(at(visemes, 0.9)));
  }
  assert.ok(closed[0] < 0.01 && closed[1] > 0.4, `${closed}`);
});

test("loudness is known up to the end of the audio received", () => {
  const loudness = new Loudness(16000);
  assert.equal(loudness.level(0), -1);
  loudness.push([Float32Array.from({ length: 16000 }, (_, i) => Math.sin(i * 0.2))]);
  assert.ok(loudness.level(0.5) > 0.9);
  assert.equal(loudness.level(1.5), -1);
});

test("marks may come in any order", () => {
  const ordered = stream(REALISTIC, 3.5);
  const random = randomOf(9);
  for (let i = 0; i < 5; i++) {
    const shuffled = stream(
      REALISTIC.map((mark) => ({ mark, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ mark }) => mark),
      3.5,
    );
    for (let time = 0; time < 3.5; time += 0.1) assert.deepEqual(at(shuffled, time), at(ordered, time));
  }
});

test("invalid marks are ignored, and duplicates count once", () => {
  const visemes = stream([
    [0, 2],
    [0, 2],
    [0.1, 22],
    [0.2, -1],
    [0.3, 1.5],
    [Number.NaN, 1],
    [Infinity, 1],
  ]);
  assert.equal(visemes.count, 1);
});

test("it can be sampled at any time in any order", () => {
  const visemes = stream(REALISTIC, 3.5);
  const forward = faces(visemes, 0, 3.5);
  for (let i = forward.length - 1; i >= 0; i -= 7) assert.deepEqual(at(visemes, i * STEP), forward[i]);
});

test("ahead returns how far marks reach", () => {
  const visemes = new VisemeSource();
  assert.equal(visemes.ahead(0), -Infinity);
  visemes.add(0, 0);
  visemes.add(1, 2);
  assert.ok(Math.abs(visemes.ahead(0.5) - 0.6) < 1e-9);
  assert.ok(visemes.ahead(2) < -0.8);
  visemes.finish(1.5);
  assert.equal(visemes.ahead(1.5), Infinity);
  assert.equal(visemes.ahead(2), -Infinity);
  const none = new VisemeSource();
  none.finish(3);
  assert.equal(none.ahead(0), -Infinity);
});

test("marks that arrive after the end was announced still count", () => {
  const visemes = stream([[0, 2]], 0.5);
  visemes.add(0.8, 7);
  visemes.add(1, 0);
  assert.equal(visemes.ahead(0.9), Infinity);
  assert.equal(strongest(at(visemes, 0.9)), "U");
});

test("a late mark does not make the face jump", () => {
  const visemes = new VisemeSource();
  const list = [];
  const random = randomOf(4);
  for (let i = 0; i < 600; i++) {
    // Each mark arrives between 20 ms before and 60 ms after its time.
    if (i % 8 === 0) visemes.add(i * STEP + (random() * 0.08 - 0.06), 1 + Math.floor(random() * 21));
    list.push(at(visemes, i * STEP));
  }
  const [ofShapes, ofVisemes] = movement(list);
  assert.ok(ofShapes < 0.25, `${ofShapes}`);
  assert.ok(ofVisemes < 0.45, `${ofVisemes}`);
});

test("an endless utterance drops old marks", () => {
  const { marks, duration } = babble(8, 2000, 0.05, 0.15);
  const [whole, trimmed] = [stream(marks, duration), stream(marks, duration)];
  for (let time = 0; time < duration - 1; time += 1) trimmed.trim(time);
  assert.ok(trimmed.count < 100);
  for (let time = duration - 1; time < duration; time += 0.05)
    assert.deepEqual(at(trimmed, time), at(whole, time));
});

test("10 000 marks are sampled fast", () => {
  const { marks, duration } = babble(2, 10000, 0.02, 0.2);
  const visemes = stream(marks, duration);
  const face = new Float32Array(FACE_WIDTH);
  const start = performance.now();
  for (let i = 0; i < 20000; i++) visemes.sample(((i * 7.3) % 1) * duration, face);
  const each = (performance.now() - start) / 20000;
  assert.ok(each < 0.1, `${each} ms`);
});

test("sampling allocates nothing", () => {
  const module = fileURLToPath(new URL("../../src/viseme_animation/source.js", import.meta.url));
  const script = `import { VisemeSource } from ${JSON.stringify(module)};
    const visemes = new VisemeSource();
    for (let i = 0; i < 1000; i++) visemes.add(i * 0.08, (i * 7) % 22);
    visemes.finish(80);
    visemes.level = () => 0.5;
    const face = new Float32Array(67);
    const samples = () => { for (let i = 0; i < 20000; i++) visemes.sample((i / 60) % 80, face); };
    samples();
    samples();
    gc();
    const before = process.memoryUsage().heapUsed;
    samples();
    console.log((process.memoryUsage().heapUsed - before) / 20000);`;
  const left = Number(
    execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], {
      encoding: "utf8",
    }),
  );
  // At most a boxed number or two; a face of 67 weights would be 268 bytes.
  assert.ok(left < 100, `${left} bytes a sample`);
});
