import assert from "node:assert/strict";
import { test } from "node:test";
import { jaws, RATE, streaming, tone } from "../support/streaming.mjs";
import { frameMessage, record, settle } from "../support/world.mjs";

const WORDS = ["I", "think", ",", "therefore", "I", "am"];

/** Plays a stream with a word every 0.25 s for some time, then cancels. */
async function interrupted(ms, { cancel = (client) => client.cancel(), ...options } = {}) {
  const parts = await streaming(options);
  const { world, client, utterance, id } = parts;
  WORDS.forEach((text, i) => {
    utterance.addWord(i * 0.25, 0.2, text);
  });
  utterance.write(tone(2));
  world.socket.say(frameMessage(id, 0, jaws(60)));
  await world.advance(ms);
  const log = record(client, "error", "end", "viseme", "word", "speaking");
  cancel(client, utterance);
  await settle();
  return { ...parts, log, outcome: await utterance.done };
}

test("the outcome of a cancelled stream says how much was heard, and the last word", async () => {
  const { world, outcome } = await interrupted(700);
  const [{ when }] = world.contexts[0].nodes;
  assert.ok(Math.abs(outcome.heard - (world.contexts[0].currentTime - when)) < 0.02, `${outcome.heard}`);
  assert.equal(outcome.cancelled, true);
  assert.deepEqual(outcome.word, { time: 0.25, duration: 0.2, text: "think" }, "a comma is no word");
});

test("it counts what reached the loudspeaker, not what the device still holds", async () => {
  const { world, outcome } = await interrupted(700, {
    cancel: (client) => client.cancel(),
  });
  const late = await streaming();
  late.utterance.write(tone(2));
  late.world.socket.say(frameMessage(late.id, 0, jaws(60)));
  await late.world.advance(100);
  late.world.contexts[0].outputLatency = 0.3;
  await late.world.advance(600);
  late.client.cancel();
  const { heard } = await late.utterance.done;
  assert.ok(outcome.heard - heard > 0.25, `${outcome.heard} and ${heard}`);
  assert.ok(world.contexts.length === 1);
});

test("a stream that was cancelled before playback has heard nothing", async () => {
  const { client, utterance } = await streaming();
  utterance.addWord(0, 0.2, "Hello");
  client.cancel();
  const { heard, word } = await utterance.done;
  assert.deepEqual([heard, word], [0, null]);
});

test("one that a locked browser did not play has heard nothing, however long it waited", async () => {
  const { world, client, utterance, id } = await streaming();
  world.locked = true;
  utterance.addWord(0, 0.2, "Hello");
  const { AudioContext } = world.platform();
  client.configure({ audioContext: Object.assign(new AudioContext(), { state: "suspended" }) });
  utterance.write(tone(2));
  world.socket.say(frameMessage(id, 0, jaws(60)));
  await world.advance(1500);
  client.cancel();
  const { heard, word } = await utterance.done;
  assert.deepEqual([heard, word], [0, null]);
});

test("after cancel, whatever the source still sends is ignored without a word", async () => {
  for (const cancel of [
    (client) => client.cancel(),
    (_, utterance) => utterance.cancel(),
    (client) => client.reset(),
  ]) {
    const { world, utterance, log, client } = await interrupted(400, { cancel });
    const events = log.length;
    const sent = world.socket.sent.length;
    utterance.write(tone(0.1));
    utterance.write(new Uint8Array(3));
    utterance.write("not even audio");
    utterance.addViseme(0.1, 3);
    utterance.addWord(0.1, 0.2, "late");
    utterance.end();
    utterance.cancel();
    utterance.write(tone(0.1));
    await world.advance(500);
    assert.equal(log.length, events);
    assert.equal(world.socket.sent.length, sent);
    assert.equal(client.getDebugState().speaking, false);
  }
});

test("after end and cancel, a late write is ignored, too; after end alone it is still an error", async () => {
  const { client, utterance } = await streaming();
  utterance.write(tone(1));
  utterance.end();
  assert.throws(() => utterance.write(tone(0.1)), { code: "bad_state" });
  client.cancel();
  utterance.write(tone(0.1));
  assert.equal((await utterance.done).cancelled, true);
});

test("late writes to a stream whose element failed, or to a disposed client, are ignored", async () => {
  const { world, client } = await streaming();
  client.cancel();
  const element = world.element();
  const utterance = client.start({ sampleRate: RATE, audio: element });
  utterance.write(tone(0.2));
  await world.advance(500);
  element.fail();
  await assert.rejects(utterance.done, { code: "playback_failed" });
  utterance.write(tone(0.2));
  const last = client.start({ sampleRate: RATE });
  client.dispose();
  last.write(tone(0.2));
  assert.equal((await last.done).cancelled, true);
});

test("the server's speech has the same outcome", async () => {
  const { world, client, utterance } = await streaming();
  utterance.cancel();
  const done = client.speak("Hello big world");
  await settle();
  const { utterance: id } = world.socket.last("speak");
  world.socket.say({ type: "started", utterance: id, fps: 30, lookahead: 0.1, sample_rate: RATE });
  ["Hello", "big", "world"].forEach((text, i) => {
    world.socket.say({ type: "word", utterance: id, time: i * 0.4, duration: 0.3, text });
  });
  const sound = new ArrayBuffer(16 + 2 * RATE * 2);
  const view = new DataView(sound);
  view.setUint8(0, 2);
  view.setUint8(1, 1);
  view.setUint32(4, id, true);
  view.setUint32(12, RATE, true);
  world.socket.say(sound);
  world.socket.say(frameMessage(id, 0, jaws(60)));
  await world.advance(700);
  client.cancel();
  const { heard, word } = await done;
  assert.ok(heard > 0.5 && heard < 0.75, `${heard}`);
  assert.equal(word.text, "big");
  const errors = record(client, "error", "word");
  world.socket.say({ type: "word", utterance: id, time: 1.2, duration: 0.3, text: "late" });
  world.socket.say(sound);
  assert.deepEqual(errors, []);
});

test("an element of the app tells how far it got", async () => {
  const { world, client, utterance } = await streaming();
  utterance.cancel();
  const element = world.element({ duration: 3 });
  const stream = client.start({ sampleRate: RATE, audio: element });
  stream.addWord(0.1, 0.2, "one");
  stream.addWord(0.9, 0.2, "two");
  stream.write(tone(3));
  await world.advance(800);
  client.cancel();
  const { heard, word } = await stream.done;
  assert.ok(Math.abs(heard - element.currentTime) < 0.02);
  assert.equal(word.text, "one");
});
