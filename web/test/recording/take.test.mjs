import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES, shapeIndex } from "../../src/arkit.js";
import { Audio2FaceClient } from "../../src/client.js";
import { FACE_WIDTH } from "../../src/oculus.js";
import { Take } from "../../src/recording/take.js";
import { head, spin } from "../support/bodies.mjs";
import { frameMessage, mesh, record, settle, World } from "../support/world.mjs";

const RATE = 16000;
const JAW = shapeIndex("jawOpen");
const tone = (seconds) => new Int16Array(Math.round(seconds * RATE)).fill(8000);
/** Frames that rise from 0 to 1. */
const ramp = (count) => Array.from({ length: count }, (_, i) => i / (count - 1));
const jawsOf = ({ weights, count }) => Array.from({ length: count }, (_, i) => weights[i * 52 + JAW]);

function connected(options = {}) {
  const world = new World();
  const client = new Audio2FaceClient("http://server:8000", {
    ...world.platform(),
    keepTake: true,
    ...options,
  });
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  return { world, client, face, log: record(client, "take") };
}

async function streaming(options = {}) {
  const all = connected(options);
  const utterance = all.client.start({ sampleRate: RATE });
  await settle();
  all.world.socket.welcome();
  return { ...all, utterance, id: all.world.socket.started() };
}

/** One second with server frames throughout. */
async function spoken(options = {}) {
  const all = await streaming(options);
  all.utterance.write(tone(1));
  all.utterance.end();
  all.world.socket.say(frameMessage(all.id, 0, ramp(30)));
  all.world.socket.say({ type: "end", utterance: all.id, frames: 30, duration: 1 });
  await all.world.advance(1500);
  return all;
}

test("nothing is recorded by default", async () => {
  const { client, log } = await spoken({ keepTake: false });
  assert.equal(client.take, null);
  assert.deepEqual(log, []);
});

test("the take event is emitted at the start and when the take is complete", async () => {
  const { client, log } = await spoken();
  assert.equal(log.length, 2);
  assert.equal(client.take, log[1].take);
  assert.ok(client.take.complete);
  assert.equal(client.take.duration, 1);
});

test("its frames are the server's, whatever the display does", async () => {
  const { client } = await spoken();
  const jaws = jawsOf(client.take.frames());
  assert.equal(jaws.length, 30);
  // The first 100 ms fade in, as on the face.
  for (let i = 4; i < 30; i++) assert.ok(Math.abs(jaws[i] - i / 29) < 1e-4, `${i}: ${jaws[i]}`);
  assert.ok(client.take.frames().ranks.every((rank) => rank === "server"));
});

test("it is recorded ahead of playback once all frames have arrived", async () => {
  const { world, client, utterance, id } = await streaming();
  utterance.write(tone(2));
  utterance.end();
  world.socket.say(frameMessage(id, 0, ramp(60)));
  world.socket.say({ type: "end", utterance: id, frames: 60, duration: 2 });
  await world.advance(500);
  assert.equal(client.take.complete, false);
  assert.ok(client.take.known >= 2);
  assert.equal(client.take.duration, client.take.known);
});

test("ranks are listed in the order in which they were used", async () => {
  const { world, client, utterance, id } = await streaming();
  utterance.write(tone(2));
  utterance.end();
  world.socket.say(frameMessage(id, 0, new Array(15).fill(1)));
  world.socket.say({ type: "error", utterance: id, code: "internal", message: "it broke", fatal: false });
  await world.advance(2600);
  const { ranks } = client.take;
  assert.deepEqual(
    ranks.map(({ rank }) => rank),
    ["server", "loudness"],
  );
  assert.ok(Math.abs(ranks[1].time - 0.5) < 0.08, `${ranks[1].time}`);
  assert.equal(client.take.rankAt(0.1), "server");
  assert.equal(client.take.rankAt(1.5), "loudness");
});

test("audio, visemes and words are recorded", async () => {
  const { world, client, utterance } = await streaming();
  utterance.addViseme(0.1, 21);
  utterance.addWord(0.1, 0.4, "Hello");
  utterance.write(tone(0.5));
  utterance.write(tone(0.5));
  utterance.end();
  await world.advance(2500);
  const { take } = client;
  assert.deepEqual(take.visemes, [{ time: 0.1, id: 21 }]);
  assert.deepEqual(take.words, [{ time: 0.1, duration: 0.4, text: "Hello" }]);
  assert.ok(Math.abs(take.sound.peak(0.2, 0.3) - 8000 / 32768) < 1e-6);
  assert.equal(take.sound.peak(3, 4), 0);
  const wav = new DataView(await take.wav().arrayBuffer());
  assert.equal(wav.byteLength, 44 + 2 * RATE);
  assert.equal(wav.getUint32(24, true), RATE);
  assert.equal(wav.getInt16(44 + 2 * 1000, true), 8000);
});

test("stereo is recorded as mono", async () => {
  const { world, client } = connected();
  const utterance = client.start({ sampleRate: RATE, channels: 2 });
  utterance.write(new Int16Array(RATE).map((_, i) => (i % 2 ? 4000 : 8000)));
  utterance.end();
  await world.advance(1500);
  assert.ok(Math.abs(client.take.sound.samples()[100] - 6000) <= 1);
});

test("the take of a file has the file's audio", async () => {
  const { world, client } = connected();
  const element = world.element({ duration: 1 });
  const done = client.processAndAnimate(new Uint8Array([1, 2, 3]), element);
  await world.advance(1500);
  await done;
  assert.equal(client.take.duration, 1);
  assert.equal(client.take.sound.duration, 1);
  assert.equal(client.take.rankAt(0.5), "loudness");
});

test("a cancelled utterance ends at the playback position", async () => {
  const { world, client, utterance, id } = await streaming();
  utterance.write(tone(3));
  world.socket.say(frameMessage(id, 0, ramp(90)));
  await world.advance(1000);
  client.cancel();
  const { take } = client;
  assert.ok(take.complete);
  assert.ok(take.duration > 0.8 && take.duration < 1.05, `${take.duration}`);
  assert.ok(Math.abs(take.sound.duration - take.duration) < 1e-3);
  assert.equal(take.frames().count, Math.ceil(take.duration * 30));
});

test("a long stream is recorded from its beginning, although the client drops old data", async () => {
  const { world, client, utterance, id } = await streaming();
  let first = 0;
  for (let second = 0; second < 60; second += 2) {
    utterance.write(tone(2));
    world.socket.say(frameMessage(id, first, new Array(60).fill(second < 10 ? 0.25 : 0.75)));
    first += 60;
    await world.advance(2000);
  }
  utterance.end();
  world.socket.say({ type: "end", utterance: id, frames: first, duration: 60 });
  await world.advance(1500);
  const jaws = jawsOf(client.take.frames());
  assert.equal(jaws.length, 1800);
  assert.ok(Math.abs(jaws[150] - 0.25) < 1e-3);
  assert.ok(Math.abs(jaws[900] - 0.75) < 1e-3);
});

test("intensity changes a take's animation afterwards", async () => {
  const { client } = await spoken();
  client.setIntensity(0.5);
  const { weights } = client.take.frames();
  assert.ok(Math.abs(weights[20 * 52 + JAW] - 20 / 29 / 2) < 1e-4);
  assert.ok(Math.abs(weights[20 * 52 + shapeIndex("eyeBlinkLeft")] - 20 / 29) < 1e-4);
});

test("an expression that was just switched on or off is in every frame, or in none", async () => {
  const { world, client } = await spoken();
  world.answer = () =>
    Response.json({
      emotions: ["joy"],
      shapes: { joy: { mouthSmileLeft: 0.7 } },
      opens: [],
      aperture: { jawOpen: 1 },
      parted: 0.1,
    });
  const smiles = () => {
    const { weights, count } = client.take.frames();
    return Array.from({ length: count }, (_, i) => weights[i * 52 + shapeIndex("mouthSmileLeft")]);
  };
  const before = smiles();
  await client.setExpression({ joy: 1 });
  const smiling = smiles();
  before.forEach((smile, i) => {
    assert.ok(Math.abs(smiling[i] - Math.min(1, smile + 0.7)) < 1e-6, `${i}: ${smiling[i]}`);
  });
  await world.advance(400);
  client.setExpression(null);
  assert.deepEqual(smiles(), before);
});

test("a replay follows its element, including pauses and seeks", async () => {
  const { world, client, face } = await spoken();
  const { take } = client;
  const element = world.element({ duration: 1 });
  const done = client.replay(take, element);
  await world.advance(200);
  assert.equal(element.paused, true);
  for (const time of [0.5, 0.2, 0.9]) {
    element.currentTime = time;
    await world.advance(200);
    assert.ok(
      Math.abs(face.value("jawOpen") - (time * 30) / 29) < 0.005,
      `${time}: ${face.value("jawOpen")}`,
    );
    assert.equal(client.getDebugState().rank, "server");
  }
  await element.play();
  await world.advance(500);
  assert.equal((await done).cancelled, false);
  assert.equal(client.take, take);
  assert.equal(face.value("jawOpen"), 0);
});

test("a replay emits the ranks and words of the recording", async () => {
  const { world, client, utterance } = await streaming();
  utterance.addWord(0, 0.4, "Hello");
  utterance.write(tone(1));
  utterance.end();
  await world.advance(2000);
  const log = record(client, "rank", "word");
  const element = world.element({ duration: 1 });
  void client.replay(client.take, element);
  await element.play();
  await world.advance(800);
  assert.deepEqual(
    log.map(({ to, text }) => to ?? text),
    ["Hello", "loudness"],
  );
});

test("only a complete take can be replayed, and only in an element", async () => {
  const { client, utterance, world } = await streaming();
  utterance.write(tone(1));
  await world.advance(500);
  await assert.rejects(client.replay(client.take, world.element()), /complete/);
  await assert.rejects(client.replay(client.take, {}), /<audio> element/);
  assert.throws(() => client.take.frames(0), /whole number from 1 to 120/);
});

test("a stream played by an element or a clock is recorded up to the playback position", async () => {
  for (const how of ["element", "clock"]) {
    const { world, client } = connected();
    const began = world.time;
    const audio = how === "element" ? world.element({ duration: 10 }) : () => (world.time - began) / 1000;
    const utterance = client.start({ sampleRate: RATE, audio });
    utterance.write(tone(3));
    await world.advance(2000);
    const { take } = client;
    const heard = take.known;
    assert.ok(heard > 1, `${how}: ${heard}`);
    utterance.cancel();
    assert.ok(Math.abs(take.duration - heard) < 0.05, `${how}: ${take.duration}`);
    assert.equal(take.count(), Math.ceil(take.duration * 30 - 1e-6));
    assert.ok(Math.abs(take.sound.duration - take.duration) < 1e-3);
  }
});

test("a stream whose element ends early is recorded, too", async () => {
  const { world, client } = connected();
  const utterance = client.start({ sampleRate: RATE, audio: world.element({ duration: 1 }) });
  utterance.write(tone(1));
  await world.advance(2500);
  assert.ok(client.take.complete);
  assert.ok(Math.abs(client.take.duration - 1) < 0.02, `${client.take.duration}`);
});

test("a cancelled long file costs nothing more: it ends where its animation is known", async () => {
  const { world, client } = connected();
  world.decoded = { sampleRate: RATE, samples: new Float32Array(RATE * 600).fill(0.3) };
  void client.processAndAnimate(new Uint8Array([1, 2, 3]), world.element({ duration: 600 }));
  await world.advance(1500);
  const { take } = client;
  const { known } = take;
  client.cancel();
  assert.ok(known > 0.5 && known < 3 && take.known <= known + 0.05, `${known}, then ${take.known}`);
  assert.ok(Math.abs(take.duration - known) < 0.05);
});

test("a file whose element fails ends there", async () => {
  const { world, client } = connected();
  world.decoded = { sampleRate: RATE, samples: new Float32Array(RATE * 60).fill(0.3) };
  const element = world.element({ duration: 60 });
  const done = client.processAndAnimate(new Uint8Array([1, 2, 3]), element);
  await world.advance(1500);
  element.fail();
  await assert.rejects(done, /cannot play/);
  assert.ok(client.take.complete && client.take.duration < 3, `${client.take.duration}`);
});

test("a take contains nothing after its end", async () => {
  const { world, client, utterance } = await streaming();
  utterance.addWord(0, 0.5, "heard");
  utterance.addWord(3, 0.5, "never");
  utterance.addViseme(0.1, 6);
  utterance.addViseme(3, 21);
  utterance.write(tone(4));
  await world.advance(1500);
  utterance.cancel();
  const { take } = client;
  assert.deepEqual(
    take.words.map(({ text }) => text),
    ["heard"],
  );
  assert.deepEqual(take.visemes, [{ time: 0.1, id: 6 }]);
  assert.ok(take.ranks.every(({ time }) => time < take.duration));
});

test("ranks recorded ahead of playback are cut, too", () => {
  const take = new Take(1, () => {});
  for (let i = 0; i < 120; i++) take.add(new Float32Array(FACE_WIDTH), i < 90 ? "server" : "loudness");
  take.finish(1);
  assert.deepEqual(take.ranks, [{ time: 0, rank: "server" }]);
});

test("recording stops after ten minutes", async () => {
  const { world, client } = connected();
  world.decoded = { sampleRate: 8000, samples: new Float32Array(8000 * 601).fill(0.3) };
  const element = world.element({ duration: 601 });
  const done = client.processAndAnimate(new Uint8Array([1, 2, 3]), element);
  await world.advance(500);
  assert.equal(client.take.sound.duration, 600);
  element.currentTime = 600.9;
  await world.advance(500);
  await done;
  const { take } = client;
  assert.deepEqual([take.duration, take.known, take.sound.duration], [600, 600, 600]);
});

test("visemes and words after ten minutes are dropped", async () => {
  const { world, client, utterance } = await streaming();
  utterance.write(tone(1));
  await world.advance(500);
  utterance.addWord(599, 1, "last");
  utterance.addWord(601, 1, "late");
  utterance.addViseme(601, 6);
  assert.deepEqual(
    client.take.words.map(({ text }) => text),
    ["last"],
  );
  assert.deepEqual(client.take.visemes, []);
});

test("a paused replay ends when another utterance is waiting", async () => {
  const { world, client } = await spoken();
  const element = world.element({ duration: 1 });
  const replayed = client.replay(client.take, element);
  await world.advance(200);
  const next = client.start({ sampleRate: RATE });
  next.write(tone(0.5));
  next.end();
  assert.equal((await replayed).cancelled, true);
  await world.advance(2500);
  assert.equal((await next.done).cancelled, false);
});

test("a running replay plays to its end before the next utterance, and ends early once paused", async () => {
  const { world, client } = await spoken();
  const element = world.element({ duration: 1 });
  const replayed = client.replay(client.take, element);
  await element.play();
  await world.advance(200);
  const next = client.start({ sampleRate: RATE });
  next.write(tone(0.5));
  next.end();
  await world.advance(300);
  assert.equal(client.getDebugState().utterance, next.id);
  assert.ok(element.currentTime > 0.4 && !element.paused);
  element.pause();
  await world.advance(100);
  assert.equal((await replayed).cancelled, true);
});

test("idle animation nods to a replay as it did to the recorded speech", async () => {
  /** Returns how far the head tilts down at most with this audio, in degrees. */
  const lowest = async (loud) => {
    const { world, client } = connected({ life: true, seed: 1 });
    const { root, node } = head();
    client.initializeWithScene([mesh(BLENDSHAPES), root]);
    const take = new Take(1, () => {});
    take.sound.sampleRate = RATE;
    take.sound.push([Float32Array.from({ length: 3 * RATE }, (_, i) => loud(i / RATE) * Math.sin(i / 9))]);
    for (let i = 0; i < 180; i++) take.add(new Float32Array(FACE_WIDTH), "server");
    take.finish(3);
    const element = world.element({ duration: 3 });
    void client.replay(take, element);
    await element.play();
    const pitches = [];
    await world.advance(2800, () => pitches.push((spin(node).pitch * 180) / Math.PI));
    return pitches;
  };
  const stressed = await lowest((time) => 0.02 + 0.5 * Math.exp(-(((time - 1.5) / 0.06) ** 2)));
  const silent = await lowest(() => 0);
  const most = Math.max(...stressed.map((pitch, i) => pitch - silent[i]));
  assert.ok(most > 0.7, `${most}`);
});
