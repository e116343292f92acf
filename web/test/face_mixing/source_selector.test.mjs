import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES, SHAPE_COUNT, shapeIndex } from "../../src/arkit.js";
import { FaceAnimator } from "../../src/face_mixing/face_animator.js";
import { SourceSelector } from "../../src/face_mixing/source_selector.js";
import { FACE_WIDTH, oculusIndex } from "../../src/oculus.js";
import { changedSettings, defaultSettings } from "../../src/settings.js";
import { VisemeSource } from "../../src/viseme_animation/source.js";
import { TICK } from "../support/world.mjs";

/** Returns a source with data up to `until` whose weights all have `value`. */
const source = (rank, value, until = Infinity) => ({
  rank,
  until,
  ahead(time) {
    return this.until - time;
  },
  sample(_time, out) {
    out.fill(value);
  },
});

/** Selects at 60 Hz; returns the largest change in a tick. */
function run(selector, sources, from, ticks, log = []) {
  let largest = 0;
  let last = selector.weights[0];
  for (let i = 0; i < ticks; i++) {
    const time = from + (i * TICK) / 1000;
    selector.select(typeof sources === "function" ? sources(time) : sources, time, 1000 + time * 1000, 0);
    largest = Math.max(largest, Math.abs(selector.weights[0] - last));
    last = selector.weights[0];
    log.push([time, selector.rank, last]);
  }
  return largest;
}

test("the best source with data is selected", () => {
  const selector = new SourceSelector();
  run(selector, [source("server", 1), source("loudness", 0.5)], 0, 30);
  assert.equal(selector.rank, "server");
  assert.equal(selector.weights[3], 1);
});

test("a change of source never jumps and completes within 120 ms", () => {
  const selector = new SourceSelector();
  const server = source("server", 1, 1);
  const log = [];
  assert.ok(run(selector, [server, source("loudness", 0)], 0, 120, log) < 0.18);
  const gone = log.find(([, rank]) => rank === "loudness")[0];
  assert.ok(gone - 1 <= 0.06);
  assert.ok(log.every(([time, , value]) => time < gone + 0.12 || value === 0));
});

test("many changes in a row never jump either", () => {
  const selector = new SourceSelector();
  const one = [source("server", 1)];
  const other = [source("loudness", 0)];
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  assert.ok(run(selector, () => (random() < 0.5 ? one : random() < 0.5 ? other : null), 0, 2000) < 0.18);
});

test("a better source takes over only with data in hand", () => {
  const selector = new SourceSelector();
  const server = source("server", 1, 0.5);
  const sources = [server, source("loudness", 0)];
  run(selector, sources, 0, 60);
  assert.equal(selector.rank, "loudness");
  server.until = 1.02;
  run(selector, sources, 1, 1);
  assert.equal(selector.rank, "loudness");
  server.until = 1.3;
  run(selector, sources, 1.05, 1);
  assert.equal(selector.rank, "server");
});

test("slightly late frames do not change the source", () => {
  const selector = new SourceSelector();
  const server = source("server", 1, 0.5);
  run(selector, [server, source("loudness", 0)], 0, 32);
  assert.equal(selector.rank, "server");
});

test("the release to neutral is smooth and takes about 200 ms", () => {
  const selector = new SourceSelector();
  run(selector, [source("server", 1)], 0, 30);
  const log = [];
  assert.ok(run(selector, null, 0.5, 20, log) < 0.1);
  assert.ok(log[8][2] > 0.1);
  assert.equal(log[13][2], 0);
  assert.equal(selector.settled, true);
});

test("a jump of the playback position is faded", () => {
  const selector = new SourceSelector();
  const moving = { ...source("server", 0), sample: (time, out) => out.fill(time > 5 ? 1 : 0) };
  run(selector, [moving], 0, 60);
  assert.ok(run(selector, [moving], 6, 10) < 0.18);
});

test("a tick after a hidden tab does not jump", () => {
  const selector = new SourceSelector();
  run(selector, [source("server", 1)], 0, 30);
  selector.select([source("loudness", 0)], 60, 61000, 0);
  assert.ok(selector.weights[0] > 0.8);
});

test("reset is neutral immediately", () => {
  const selector = new SourceSelector();
  run(selector, [source("server", 1)], 0, 30);
  selector.reset();
  assert.equal(selector.weights[0], 0);
  assert.equal(selector.settled, true);
});

test("visemes are derived for sources that provide ARKit only", () => {
  const selector = new SourceSelector();
  const jaw = {
    ...source("server", 0),
    sample: (_time, out) => out.fill(0).fill(0.5, shapeIndex("jawOpen"), shapeIndex("jawOpen") + 1),
  };
  run(selector, [jaw], 0, 30);
  assert.equal(selector.weights.length, FACE_WIDTH);
  assert.ok(selector.weights[oculusIndex("aa")] > 0.5);
  assert.equal(selector.weights[oculusIndex("TH")], 0);
});

test("a source that writes visemes keeps its own", () => {
  const selector = new SourceSelector();
  const visemes = new VisemeSource();
  for (const [time, id] of [
    [0, 0],
    [0.2, 17],
    [0.6, 0],
  ])
    visemes.add(time, id);
  run(selector, [visemes], 0, 24);
  assert.equal(selector.rank, "viseme");
  assert.ok(selector.weights[oculusIndex("TH")] > 0.7);
});

function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Returns a source of random motion: each weight moves by at most `speed` per tick. */
function restless(rank, random, speed) {
  const phases = Float32Array.from({ length: FACE_WIDTH }, () => random() * 9);
  const rates = Float32Array.from({ length: FACE_WIDTH }, () => random() * speed * 60 * 2);
  return {
    rank,
    here: true,
    ahead() {
      return this.here ? 1 : -1;
    },
    sample: (time, out) => {
      for (let i = 0; i < FACE_WIDTH; i++) out[i] = 0.5 + 0.5 * Math.sin(phases[i] + time * rates[i]);
    },
  };
}

test("whatever the changes, a tick moves at most .25 more than the sources do", () => {
  const random = randomOf(3);
  const sources = [
    restless("server", random, 0.2),
    restless("viseme", random, 0.2),
    restless("loudness", random, 0.1),
  ];
  const faces = sources.map(() => [new Float32Array(FACE_WIDTH), new Float32Array(FACE_WIDTH)]);
  const selector = new SourceSelector();
  let [last, most, changes] = [selector.weights.slice(), 0, 0];
  for (let i = 0; i < 6000; i++) {
    const time = (i * TICK) / 1000;
    // Data is lost sometimes for a few ticks and sometimes permanently.
    for (const one of sources) if (random() < (i % 600 < 300 ? 0.3 : 0.02)) one.here = random() < 0.5;
    const options = { quickRelease: i % 2 === 0 };
    changes += selector.select(random() < 0.01 ? null : sources, time, i * TICK, 0, options) ? 1 : 0;
    for (const [s, one] of sources.entries()) {
      faces[s].reverse();
      one.sample(time, faces[s][0]);
    }
    for (let k = 0; i > 0 && k < SHAPE_COUNT; k++) {
      const own = Math.max(...faces.map(([now, before]) => Math.abs(now[k] - before[k])));
      most = Math.max(most, Math.abs(selector.weights[k] - last[k]) - own);
    }
    last = selector.weights.slice();
  }
  assert.ok(changes > 500, `${changes}`);
  assert.ok(most <= 0.25, `${most}`);
});

test("during a change the face moves with the new source", () => {
  const selector = new SourceSelector();
  const server = source("server", 0.5, 1);
  const moving = {
    ...source("loudness", 0),
    sample: (time, out) => out.fill(0.5 + 0.4 * Math.sin(time * 20)),
  };
  const log = [];
  run(selector, [server, moving], 0, 90, log);
  const fading = log.filter(([time, rank]) => rank === "loudness" && time < 1.2).map(([, , value]) => value);
  for (let i = 3; i < fading.length; i++)
    assert.ok(Math.max(...fading.slice(i - 3, i + 1)) - Math.min(...fading.slice(i - 3, i + 1)) > 0.02);
});

test("real visemes and loudness can alternate without a jump", () => {
  const random = randomOf(12);
  const visemes = new VisemeSource();
  for (let time = 0; time < 60; time += 0.06 + random() * 0.15) visemes.add(time, Math.floor(random() * 22));
  const selector = new SourceSelector();
  const server = restless("server", random, 0.05);
  let last = selector.weights.slice();
  let most = 0;
  for (let i = 0; i < 3000; i++) {
    if (random() < 0.05) server.here = !server.here;
    selector.select([server, visemes], (i * TICK) / 1000, i * TICK, 0);
    for (let k = 0; k < SHAPE_COUNT; k++) most = Math.max(most, Math.abs(selector.weights[k] - last[k]));
    last = selector.weights.slice();
  }
  assert.ok(most <= 0.4, `${most}`);
});

test("after an interruption the face is neutral within 100 ms", () => {
  const selector = new SourceSelector();
  run(selector, [source("server", 1)], 0, 30);
  let last = selector.weights[0];
  let largest = 0;
  for (let i = 30; i < 36; i++) {
    selector.select(null, 0.5, 1000 + i * TICK, 0, { quickRelease: true });
    largest = Math.max(largest, last - selector.weights[0]);
    last = selector.weights[0];
  }
  assert.equal(last, 0);
  assert.ok(largest < 0.25);
  assert.equal(selector.settled, true);
});

/** Returns an utterance that plays in step with the ticks. */
const speaking = (sources) => ({
  id: 1,
  sources: { bestFirst: sources },
  reason: "frames late",
  cancelled: false,
  rankMs: { neutral: 0, loudness: 0, viseme: 0, server: 0 },
  sink: { rate: 1, time: (now) => now / 1000 },
});

test("a cancelled utterance is released faster", () => {
  for (const [cancelled, ms] of [
    [true, 100],
    [false, 200],
  ]) {
    const face = new FaceAnimator(() => {});
    const speech = speaking([source("server", 1)]);
    let now = 0;
    for (; now < 500; now += TICK) face.update(speech, now, { intensity: 1, smoothing: 0 });
    speech.cancelled = cancelled;
    const from = now - TICK;
    for (; !face.settled; now += TICK) face.update(null, now, { intensity: 1, smoothing: 0 });
    now -= TICK;
    assert.ok(now - from <= ms + 2 * TICK && now - from > ms - 2 * TICK, `${now - from}`);
  }
});

test("the frame event has the position that the audio device reports", () => {
  const reported = [];
  const face = new FaceAnimator((name, payload) => name === "frame" && reported.push(payload.heard));
  const utterance = speaking([source("server", 1)]);
  face.update(utterance, 0, { intensity: 1, smoothing: 0 });
  utterance.sink.deviceTime = (now) => now / 1000 - 0.02;
  face.update(utterance, 100, { intensity: 1, smoothing: 0 });
  assert.deepEqual(reported, [Number.NaN, 0.08]);
});

test("intensity scales visemes too, and the event has the 52 only", () => {
  const events = [];
  const face = new FaceAnimator((name, payload) => name === "frame" && events.push(payload.weights.slice()));
  const written = [];
  face.binding = { write: (weights) => written.push(weights.slice()) };
  const half = { ...source("viseme", 0), writesVisemes: true, sample: (_time, out) => out.fill(0.4) };
  for (let now = 0; now < 300; now += TICK)
    face.update(speaking([half]), now, { intensity: 2, smoothing: 0 });
  assert.equal(events.at(-1).length, SHAPE_COUNT);
  assert.equal(face.weights.length, SHAPE_COUNT);
  assert.ok(Math.abs(written.at(-1)[oculusIndex("PP")] - 0.8) < 1e-6);
  assert.ok(Math.abs(face.weights[shapeIndex("jawOpen")] - 0.8) < 1e-6);
  assert.ok(Math.abs(face.weights[shapeIndex("eyeBlinkLeft")] - 0.4) < 1e-6);
});

test("a gain scales its shape, lids too, and nothing above 1", () => {
  const face = new FaceAnimator(() => {});
  const gain = { jawOpen: 0.5, eyeBlinkLeft: 0, mouthPucker: 2 };
  for (let now = 0; now < 300; now += TICK)
    face.update(speaking([source("server", 0.6)]), now, { intensity: 1, smoothing: 0, gain });
  const [jaw, left, right, pucker] = ["jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "mouthPucker"].map(
    (name) => face.weights[shapeIndex(name)],
  );
  assert.ok(right > 0.5 && right <= Math.fround(0.6));
  assert.deepEqual([jaw, left, pucker], [right / 2, 0, 1]);
});

test("an offset shows an earlier face", () => {
  const times = [];
  const face = new FaceAnimator((name, payload) => name === "frame" && times.push(payload.time));
  const utterance = speaking([source("server", 1)]);
  face.update(utterance, 1000, { intensity: 1, smoothing: 0 });
  face.update(utterance, 1000, { intensity: 1, smoothing: 0, offset: 0.25 });
  face.update(utterance, 1000, { intensity: 1, smoothing: 0, offset: -0.25 });
  assert.ok(Math.abs(times[0] - times[1] - 0.25) < 0.01 && Math.abs(times[2] - times[0] - 0.25) < 0.01);
});

test('lipSync "viseme" leaves the mouth to the visemes, and eyes and brows to the server', () => {
  const selector = new SourceSelector();
  const sources = [source("server", 1, 1), source("viseme", 0.25, 1.5), source("loudness", 0.5, 2)];
  const log = [];
  let last = selector.weights.slice();
  for (let i = 0; i < 150; i++) {
    selector.select(sources, (i * TICK) / 1000, i * TICK, 0, { lipSync: "viseme" });
    assert.ok(selector.weights.every((value, k) => Math.abs(value - last[k]) < 0.18));
    last = selector.weights.slice();
    log.push([selector.rank, last]);
  }
  for (const [k, name] of BLENDSHAPES.entries()) {
    const upper = /^(eye|brow)/.test(name);
    assert.equal(log[40][1][k], upper ? 1 : 0.25, name);
    assert.equal(log[80][1][k], 0.25, name);
  }
  assert.deepEqual(
    [40, 80, 110, 149].map((i) => log[i][0]),
    ["viseme", "viseme", "loudness", "neutral"],
  );
});

test("lipSync may change during an utterance", () => {
  const selector = new SourceSelector();
  const sources = [source("server", 1), source("loudness", 0)];
  let last = 0;
  for (let i = 0; i < 200; i++) {
    selector.select(sources, (i * TICK) / 1000, i * TICK, 0, { lipSync: i % 40 < 20 ? "server" : "viseme" });
    assert.ok(Math.abs(selector.weights[30] - last) < 0.18);
    last = selector.weights[30];
    if (i % 20 === 19) assert.equal(selector.rank, i % 40 < 20 ? "server" : "loudness");
  }
});

test("the setting lipSync is server or viseme", () => {
  const settings = defaultSettings();
  assert.equal(settings.lipSync, "server");
  assert.equal(changedSettings(settings, { lipSync: "viseme" }).lipSync, "viseme");
  for (const lipSync of ["loudness", null, 1])
    assert.throws(() => changedSettings(settings, { lipSync }), { code: "bad_argument" });
});
