import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES, SHAPE_COUNT, shapeIndex } from "../src/arkit.js";
import { Face } from "../src/face/face.js";
import { Ladder } from "../src/face/ladder.js";
import { FACE_WIDTH, oculusIndex } from "../src/face/oculus.js";
import { changedSettings, defaultSettings } from "../src/settings.js";
import { Visemes } from "../src/visemes/visemes.js";
import { TICK } from "./world.mjs";

/** A source that has data up to `until` and always shows `value`. */
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

/** Steps at 60 Hz; returns the largest change of a tick. */
function run(ladder, sources, from, ticks, log = []) {
  let largest = 0;
  let last = ladder.weights[0];
  for (let i = 0; i < ticks; i++) {
    const time = from + (i * TICK) / 1000;
    ladder.step(typeof sources === "function" ? sources(time) : sources, time, 1000 + time * 1000, 0);
    largest = Math.max(largest, Math.abs(ladder.weights[0] - last));
    last = ladder.weights[0];
    log.push([time, ladder.rank, last]);
  }
  return largest;
}

test("the best source that has data wins", () => {
  const ladder = new Ladder();
  run(ladder, [source("server", 1), source("loudness", 0.5)], 0, 30);
  assert.equal(ladder.rank, "server");
  assert.equal(ladder.weights[3], 1);
});

test("a change of rank never jumps and is over in 120 ms", () => {
  const ladder = new Ladder();
  const server = source("server", 1, 1);
  const log = [];
  assert.ok(run(ladder, [server, source("loudness", 0)], 0, 120, log) < 0.18);
  const gone = log.find(([, rank]) => rank === "loudness")[0];
  assert.ok(gone - 1 <= 0.06);
  assert.ok(log.every(([time, , value]) => time < gone + 0.12 || value === 0));
});

test("many changes in a row never jump either", () => {
  const ladder = new Ladder();
  const one = [source("server", 1)];
  const other = [source("loudness", 0)];
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  assert.ok(run(ladder, () => (random() < 0.5 ? one : random() < 0.5 ? other : null), 0, 2000) < 0.18);
});

test("a better source takes over only with something in hand", () => {
  const ladder = new Ladder();
  const server = source("server", 1, 0.5);
  const sources = [server, source("loudness", 0)];
  run(ladder, sources, 0, 60);
  assert.equal(ladder.rank, "loudness");
  server.until = 1.02;
  run(ladder, sources, 1, 1);
  assert.equal(ladder.rank, "loudness");
  server.until = 1.3;
  run(ladder, sources, 1.05, 1);
  assert.equal(ladder.rank, "server");
});

test("frames that are a little late do not change the rank", () => {
  const ladder = new Ladder();
  const server = source("server", 1, 0.5);
  run(ladder, [server, source("loudness", 0)], 0, 32);
  assert.equal(ladder.rank, "server");
});

test("neutral comes softly, in about 200 ms", () => {
  const ladder = new Ladder();
  run(ladder, [source("server", 1)], 0, 30);
  const log = [];
  assert.ok(run(ladder, null, 0.5, 20, log) < 0.1);
  assert.ok(log[8][2] > 0.1);
  assert.equal(log[13][2], 0);
  assert.equal(ladder.settled, true);
});

test("a leap of the heard time is faded", () => {
  const ladder = new Ladder();
  const moving = { ...source("server", 0), sample: (time, out) => out.fill(time > 5 ? 1 : 0) };
  run(ladder, [moving], 0, 60);
  assert.ok(run(ladder, [moving], 6, 10) < 0.18);
});

test("a tick after a hidden tab does not jump", () => {
  const ladder = new Ladder();
  run(ladder, [source("server", 1)], 0, 30);
  ladder.step([source("loudness", 0)], 60, 61000, 0);
  assert.ok(ladder.weights[0] > 0.8);
});

test("reset is neutral at once", () => {
  const ladder = new Ladder();
  run(ladder, [source("server", 1)], 0, 30);
  ladder.reset();
  assert.equal(ladder.weights[0], 0);
  assert.equal(ladder.settled, true);
});

test("sources that know only ARKit have visemes too", () => {
  const ladder = new Ladder();
  const jaw = {
    ...source("server", 0),
    sample: (_time, out) => out.fill(0).fill(0.5, shapeIndex("jawOpen"), shapeIndex("jawOpen") + 1),
  };
  run(ladder, [jaw], 0, 30);
  assert.equal(ladder.weights.length, FACE_WIDTH);
  assert.ok(ladder.weights[oculusIndex("aa")] > 0.5);
  assert.equal(ladder.weights[oculusIndex("TH")], 0);
});

test("visemes say their own", () => {
  const ladder = new Ladder();
  const visemes = new Visemes();
  for (const [time, id] of [
    [0, 0],
    [0.2, 17],
    [0.6, 0],
  ])
    visemes.add(time, id);
  run(ladder, [visemes], 0, 24);
  assert.equal(ladder.rank, "viseme");
  assert.ok(ladder.weights[oculusIndex("TH")] > 0.7);
});

function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** A source of random motion: up and down by at most `speed` a tick, each weight on its own. */
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
  const ladder = new Ladder();
  let [last, most, changes] = [ladder.weights.slice(), 0, 0];
  for (let i = 0; i < 6000; i++) {
    const time = (i * TICK) / 1000;
    // Now and then every few ticks, now and then for good.
    for (const one of sources) if (random() < (i % 600 < 300 ? 0.3 : 0.02)) one.here = random() < 0.5;
    const wish = { quick: i % 2 === 0 };
    changes += ladder.step(random() < 0.01 ? null : sources, time, i * TICK, 0, wish) ? 1 : 0;
    for (const [s, one] of sources.entries()) {
      faces[s].reverse();
      one.sample(time, faces[s][0]);
    }
    for (let k = 0; i > 0 && k < SHAPE_COUNT; k++) {
      const own = Math.max(...faces.map(([now, before]) => Math.abs(now[k] - before[k])));
      most = Math.max(most, Math.abs(ladder.weights[k] - last[k]) - own);
    }
    last = ladder.weights.slice();
  }
  assert.ok(changes > 500, `${changes}`);
  assert.ok(most <= 0.25, `${most}`);
});

test("while ranks change the face moves with the new source", () => {
  const ladder = new Ladder();
  const server = source("server", 0.5, 1);
  const moving = {
    ...source("loudness", 0),
    sample: (time, out) => out.fill(0.5 + 0.4 * Math.sin(time * 20)),
  };
  const log = [];
  run(ladder, [server, moving], 0, 90, log);
  const fading = log.filter(([time, rank]) => rank === "loudness" && time < 1.2).map(([, , value]) => value);
  for (let i = 3; i < fading.length; i++)
    assert.ok(Math.max(...fading.slice(i - 3, i + 1)) - Math.min(...fading.slice(i - 3, i + 1)) > 0.02);
});

test("real visemes and loudness taking turns do not jump", () => {
  const random = randomOf(12);
  const visemes = new Visemes();
  for (let time = 0; time < 60; time += 0.06 + random() * 0.15) visemes.add(time, Math.floor(random() * 22));
  const ladder = new Ladder();
  const server = restless("server", random, 0.05);
  let last = ladder.weights.slice();
  let most = 0;
  for (let i = 0; i < 3000; i++) {
    if (random() < 0.05) server.here = !server.here;
    ladder.step([server, visemes], (i * TICK) / 1000, i * TICK, 0);
    for (let k = 0; k < SHAPE_COUNT; k++) most = Math.max(most, Math.abs(ladder.weights[k] - last[k]));
    last = ladder.weights.slice();
  }
  assert.ok(most <= 0.4, `${most}`);
});

test("after an interruption neutral comes within 100 ms", () => {
  const ladder = new Ladder();
  run(ladder, [source("server", 1)], 0, 30);
  let last = ladder.weights[0];
  let largest = 0;
  for (let i = 30; i < 36; i++) {
    ladder.step(null, 0.5, 1000 + i * TICK, 0, { quick: true });
    largest = Math.max(largest, last - ladder.weights[0]);
    last = ladder.weights[0];
  }
  assert.equal(last, 0);
  assert.ok(largest < 0.25);
  assert.equal(ladder.settled, true);
});

/** An utterance that is heard in step with the ticks. */
const speaking = (sources) => ({
  id: 1,
  sources,
  reason: "frames late",
  cancelled: false,
  carried: { neutral: 0, loudness: 0, viseme: 0, server: 0 },
  voice: { rate: 1, time: (now) => now / 1000 },
});

test("the face closes faster for an utterance that was cancelled", () => {
  for (const [cancelled, ms] of [
    [true, 100],
    [false, 200],
  ]) {
    const face = new Face(() => {});
    const speech = speaking([source("server", 1)]);
    let now = 0;
    for (; now < 500; now += TICK) face.tick(speech, now, { intensity: 1, smoothing: 0 });
    speech.cancelled = cancelled;
    const from = now - TICK;
    for (; !face.settled; now += TICK) face.tick(null, now, { intensity: 1, smoothing: 0 });
    now -= TICK;
    assert.ok(now - from <= ms + 2 * TICK && now - from > ms - 2 * TICK, `${now - from}`);
  }
});

test("intensity scales visemes too, and the event has the 52 only", () => {
  const events = [];
  const face = new Face((name, payload) => name === "frame" && events.push(payload.weights.slice()));
  const written = [];
  face.binding = { write: (weights) => written.push(weights.slice()) };
  const half = { ...source("viseme", 0), whole: true, sample: (_time, out) => out.fill(0.4) };
  for (let now = 0; now < 300; now += TICK) face.tick(speaking([half]), now, { intensity: 2, smoothing: 0 });
  assert.equal(events.at(-1).length, SHAPE_COUNT);
  assert.equal(face.weights.length, SHAPE_COUNT);
  assert.ok(Math.abs(written.at(-1)[oculusIndex("PP")] - 0.8) < 1e-6);
  assert.ok(Math.abs(face.weights[shapeIndex("jawOpen")] - 0.8) < 1e-6);
  assert.ok(Math.abs(face.weights[shapeIndex("eyeBlinkLeft")] - 0.4) < 1e-6);
});

test('lipSync "viseme" leaves the mouth to the visemes, and eyes and brows to the server', () => {
  const ladder = new Ladder();
  const sources = [source("server", 1, 1), source("viseme", 0.25, 1.5), source("loudness", 0.5, 2)];
  const log = [];
  let last = ladder.weights.slice();
  for (let i = 0; i < 150; i++) {
    ladder.step(sources, (i * TICK) / 1000, i * TICK, 0, { lipSync: "viseme" });
    assert.ok(ladder.weights.every((value, k) => Math.abs(value - last[k]) < 0.18));
    last = ladder.weights.slice();
    log.push([ladder.rank, last]);
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

test("lipSync may change while somebody speaks", () => {
  const ladder = new Ladder();
  const sources = [source("server", 1), source("loudness", 0)];
  let last = 0;
  for (let i = 0; i < 200; i++) {
    ladder.step(sources, (i * TICK) / 1000, i * TICK, 0, { lipSync: i % 40 < 20 ? "server" : "viseme" });
    assert.ok(Math.abs(ladder.weights[30] - last) < 0.18);
    last = ladder.weights[30];
    if (i % 20 === 19) assert.equal(ladder.rank, i % 40 < 20 ? "server" : "loudness");
  }
});

test("the setting lipSync is server or viseme", () => {
  const settings = defaultSettings();
  assert.equal(settings.lipSync, "server");
  assert.equal(changedSettings(settings, { lipSync: "viseme" }).lipSync, "viseme");
  for (const lipSync of ["loudness", null, 1])
    assert.throws(() => changedSettings(settings, { lipSync }), { code: "bad_argument" });
});
