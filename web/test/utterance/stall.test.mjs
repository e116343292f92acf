// What is shown and played when a source delivers its audio unevenly.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jaws, RATE, streaming, tone } from "../support/streaming.mjs";
import { frameMessage, record } from "../support/world.mjs";

/** Plays 0.6 s, with visemes and the frames that the server can make of it; then nothing more arrives. */
async function stalled(options = {}) {
  const parts = await streaming(options);
  const { world, client, utterance, id } = parts;
  const ranks = record(client, "rank");
  for (let i = 0; i < 20; i++) utterance.addViseme(i * 0.1, 1 + (i % 3));
  utterance.write(tone(0.6));
  world.socket.say(frameMessage(id, 0, jaws(15)));
  await world.advance(650);
  return { ...parts, ranks };
}

test("a stall holds the mouth for a moment and then relaxes, without running through the sources", async () => {
  const { world, client, face, ranks } = await stalled();
  await world.advance(20);
  assert.ok(face.value("jawOpen") > 0.75, "held");
  assert.equal(client.getDebugState().rank, "server");
  await world.advance(400);
  assert.equal(face.value("jawOpen"), 0);
  assert.deepEqual(
    ranks.map(({ to, reason }) => [to, reason]),
    [
      ["server", "frames are there"],
      ["neutral", "audio stalled"],
    ],
  );
  await world.advance(3000);
  assert.equal(ranks.length, 2, "it stays at rest");
});

test("when the audio returns, the face is in step with it again", async () => {
  const { world, client, face, utterance, id, ranks } = await stalled();
  await world.advance(1000);
  utterance.write(tone(1));
  utterance.end();
  world.socket.say(frameMessage(id, 15, jaws(33, 0.4)));
  const skews = [];
  client.on("frame", ({ time, heard }) => Number.isNaN(heard) || skews.push(Math.abs(time - heard)));
  await world.advance(300);
  assert.ok(Math.abs(face.value("jawOpen") - 0.4) < 0.01);
  assert.equal(ranks.at(-1).to, "server");
  assert.ok(skews.length > 5 && Math.max(...skews) < 0.02);
  await world.advance(1500);
  const { duration, heard } = await utterance.done;
  assert.ok(Math.abs(duration - 1.6) < 1e-9 && heard === duration);
});

test("when the audio returns, no other source steps in while its frames are on the way", async () => {
  for (const silence of [0, 30, 500]) {
    const { world, utterance, id, ranks } = await stalled();
    await world.advance(silence);
    utterance.write(tone(1));
    await world.advance(40);
    world.socket.say(frameMessage(id, 15, jaws(30)));
    await world.advance(500);
    assert.ok(ranks.every(({ to }) => to === "server" || to === "neutral"));
    assert.equal(ranks.at(-1).to, "server");
  }
});

test("a short stall does not move the mouth at all", async () => {
  const { world, face, utterance, id, ranks } = await stalled();
  utterance.write(tone(1));
  world.socket.say(frameMessage(id, 15, jaws(30)));
  await world.advance(300, () => assert.ok(face.value("jawOpen") > 0.75));
  assert.equal(ranks.length, 1);
});

test("the end of an utterance is no stall", async () => {
  const { world, utterance, ranks } = await stalled();
  utterance.end();
  await world.advance(500);
  assert.equal(ranks.at(-1).reason, "utterance over");
});

test("an element that runs dry relaxes the mouth, one that is paused keeps it", async () => {
  for (const dry of [true, false]) {
    const { world, client, face, utterance } = await streaming();
    utterance.cancel();
    const element = world.element({ duration: 3 });
    void client.processAndAnimate(new Blob(["speech"]), element);
    await world.advance(20);
    world.socket.say(frameMessage(world.socket.started(), 0, jaws(90)));
    await world.advance(500);
    assert.ok(face.value("jawOpen") > 0.75);
    element.pass = () => {};
    if (dry) element.readyState = 2;
    else element.pause();
    await world.advance(500);
    assert.equal(face.value("jawOpen") === 0, dry);
    if (dry) assert.equal(client.getDebugState().rank, "neutral");
  }
});

test("buffer: playback starts once so much audio has arrived", async () => {
  const { world, client, utterance, id } = await streaming({ buffer: 0.5 });
  utterance.write(tone(0.3));
  world.socket.say(frameMessage(id, 0, jaws(9)));
  await world.advance(600);
  assert.equal(client.getDebugState().speaking, false);
  utterance.write(tone(0.2));
  await world.advance(100);
  assert.equal(client.getDebugState().speaking, true);
});

test("buffer: a short utterance that has ended does not wait", async () => {
  const { world, client, utterance, id } = await streaming({ buffer: 5 });
  utterance.write(tone(0.3));
  utterance.end();
  world.socket.say(frameMessage(id, 0, jaws(9)));
  await world.advance(100);
  assert.equal(client.getDebugState().speaking, true);
});

test("the adaptive buffer makes the next utterance play without underruns", async () => {
  const { world, client, utterance } = await streaming({ patience: 0 });
  utterance.cancel();
  const underruns = [];
  for (let i = 0; i < 3; i++) {
    const next = client.start({ sampleRate: RATE });
    for (let k = 0; k < 8; k++) {
      next.write(tone(0.2));
      await world.advance(k % 2 ? 80 : 320);
    }
    next.end();
    await world.advance(1500);
    await next.done;
    underruns.push(client.getDebugState().underruns);
  }
  assert.ok(underruns[0] > 0);
  assert.equal(underruns[2], 0);
});

test("a buffer that is no number of seconds is refused", async () => {
  const { client } = await streaming();
  for (const buffer of [-1, 11, Number.NaN, "big", true, null])
    assert.throws(() => client.configure({ buffer }), { code: "bad_argument", message: /adaptive/ });
  client.configure({ buffer: 0 }).configure({ buffer: "adaptive" });
});
