import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES } from "../../src/arkit.js";
import { Audio2FaceClient } from "../../src/client.js";
import { decodeAudio } from "../../src/connection/protocol.js";
import { A2FError } from "../../src/errors.js";
import { frameMessage, mesh, record, settle, World } from "../support/world.mjs";

const RATE = 24000;
const jaws = (count, value = 0.8) => new Array(count).fill(value);

/** Returns a binary message of audio. */
function soundMessage(utterance, first, seconds, value = 8000) {
  const samples = new Int16Array(Math.round(seconds * RATE)).fill(value);
  const buffer = new ArrayBuffer(16 + samples.byteLength);
  const view = new DataView(buffer);
  view.setUint8(0, 2);
  view.setUint8(1, 1);
  view.setUint32(4, utterance, true);
  view.setUint32(8, first, true);
  view.setUint32(12, RATE, true);
  new Int16Array(buffer, 16).set(samples);
  return buffer;
}

async function connected() {
  const world = new World();
  const client = new Audio2FaceClient("http://server:8000", world.platform());
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  return { world, client, face, log: record(client, "error", "viseme", "word", "speaking", "rank") };
}

/** Requests speech from the server, which starts to send it. */
async function speaking(words = "Hello", options = {}) {
  const all = await connected();
  const outcome = all.client.speak(words, options);
  outcome.catch(() => {});
  await settle();
  all.world.socket.welcome();
  const asked = all.world.socket.last("speak");
  const { utterance } = asked;
  all.world.socket.say({ type: "started", utterance, fps: 30, lookahead: 0.1, sample_rate: RATE });
  return { ...all, outcome, asked, id: utterance, socket: all.world.socket };
}

test("a block of audio is decoded", () => {
  const { utterance, sampleRate, samples } = decodeAudio(soundMessage(7, 0, 0.01, -16384));
  assert.deepEqual([utterance, sampleRate, samples.length], [7, RATE, 240]);
  assert.ok(samples.every((value) => value === -0.5));
  assert.equal(decodeAudio(frameMessage(1, 0, [0])), null);
});

test("speech from the server is played and animated, and the promise resolves with the outcome", async () => {
  const { world, client, face, outcome, asked, id, socket, log } = await speaking("Hello", { voice: "Ada" });
  assert.deepEqual([asked.text, asked.voice, asked.fps], ["Hello", "Ada", 30]);
  socket.say({ type: "word", utterance: id, time: 0.1, duration: 0.4, text: "Hello" });
  socket.say({ type: "viseme", utterance: id, time: 0.1, id: 12 });
  socket.say(soundMessage(id, 0, 0.5));
  socket.say(frameMessage(id, 0, jaws(15)));
  await world.advance(300);
  assert.equal(client.getDebugState().rank, "server");
  assert.ok(Math.abs(face.value("jawOpen") - 0.8) < 1e-3);
  socket.say({ type: "end", utterance: id, frames: 15, duration: 0.5 });
  await world.advance(800);
  assert.deepEqual(await outcome, {
    utterance: 1,
    frames: 15,
    duration: 0.5,
    rank: "server",
    cancelled: false,
    heard: 0.5,
    word: { time: 0.1, duration: 0.4, text: "Hello" },
    decodedBy: null,
    warning: null,
  });
  assert.deepEqual(
    log.filter(({ event }) => event === "word" || event === "viseme").map(({ text, id }) => text ?? id),
    ["Hello", 12],
  );
  const [context] = world.contexts;
  assert.equal(
    context.nodes.reduce((sum, { buffer }) => sum + buffer.length, 0),
    context.sampleRate / 2,
  );
});

test("SSML is sent unchanged", async () => {
  const { asked } = await speaking({ ssml: "<speak>Hi</speak>" });
  assert.equal(asked.ssml, "<speak>Hi</speak>");
  assert.equal(asked.text, undefined);
});

test("a bookmark is reported when playback reaches it, and one at the end when it ends", async () => {
  const { world, client, id, socket } = await speaking({ ssml: "<speak/>" });
  const reached = [];
  client.on("bookmark", ({ name }) => reached.push(name));
  for (const [time, name] of [
    [0.5, "end"],
    [0.3, "middle"],
    [0, "start"],
  ])
    socket.say({ type: "bookmark", utterance: id, time, name });
  socket.say(soundMessage(id, 0, 0.5));
  socket.say(frameMessage(id, 0, jaws(15)));
  assert.deepEqual(reached, [], "nothing is heard yet");
  await world.advance(250);
  assert.deepEqual(reached, ["start"]);
  await world.advance(150);
  assert.deepEqual(reached, ["start", "middle"]);
  socket.say({ type: "end", utterance: id, frames: 15, duration: 0.5 });
  await world.advance(800);
  assert.deepEqual(reached, ["start", "middle", "end"]);
});

test("a plain text is spoken without its Markdown, and SSML stays as it is", async () => {
  assert.equal((await speaking("**Hello** 🎉", { plain: true })).asked.text, "Hello");
  assert.equal((await speaking("**Hello**")).asked.text, "**Hello**");
  const ssml = "<speak>**Hi**</speak>";
  assert.equal((await speaking({ ssml }, { plain: true })).asked.ssml, ssml);
});

test("a plain text of which nothing is left resolves at once, and nothing is sent", async () => {
  const { client, world } = await connected();
  const outcome = await client.speak("🎉", { plain: true });
  assert.deepEqual([outcome.duration, outcome.cancelled], [0, false]);
  assert.equal(world.sockets?.length ?? 0, 0);
});

for (const words of ["", "  ", undefined, {}, { ssml: "" }, 5]) {
  test(`speak refuses ${JSON.stringify(words)}`, async () => {
    const { client } = await connected();
    await assert.rejects(() => client.speak(words), { code: "bad_argument" });
  });
}

test("a failed animation leaves the audio alone: visemes take over", async () => {
  const { world, client, face, outcome, id, socket, log } = await speaking();
  socket.say({ type: "viseme", utterance: id, time: 0, id: 2 });
  socket.say({ type: "viseme", utterance: id, time: 1.5, id: 0 });
  socket.say(soundMessage(id, 0, 0.5));
  socket.say(frameMessage(id, 0, jaws(6, 0)));
  socket.say({
    type: "error",
    utterance: id,
    code: "backend_failed",
    message: "NaN",
    fatal: false,
    continues: true,
  });
  socket.say(soundMessage(id, RATE / 2, 1));
  socket.say({ type: "end", utterance: id, frames: 6, duration: 1.5 });
  await world.advance(900);
  assert.equal(client.getDebugState().rank, "viseme");
  assert.ok(face.value("jawOpen") > 0.2);
  await world.advance(1000);
  assert.equal((await outcome).duration, 1.5);
  assert.deepEqual(
    log.filter(({ event }) => event === "error").map(({ code }) => code),
    ["backend_failed"],
  );
});

test("speech that fails before its first audio rejects", async () => {
  const { world, outcome, id, socket, log } = await speaking();
  socket.say({ type: "error", utterance: id, code: "tts_failed", message: "no key", fatal: false });
  await world.advance(50);
  await assert.rejects(() => outcome, { code: "tts_failed", message: "no key" });
  assert.equal(log.filter(({ event }) => event === "error").length, 1);
});

test("speech that fails later is played as far as it was received", async () => {
  const { world, outcome, id, socket, log } = await speaking();
  socket.say(soundMessage(id, 0, 0.5));
  socket.say(frameMessage(id, 0, jaws(15)));
  socket.say({ type: "error", utterance: id, code: "tts_failed", message: "cut", fatal: false });
  await world.advance(1000);
  assert.equal((await outcome).duration, 0.5);
  assert.equal(log.find(({ event }) => event === "error").code, "tts_failed");
});

test("a lost connection ends the audio where it is", async () => {
  const { world, outcome, id, socket, log } = await speaking();
  socket.say(soundMessage(id, 0, 0.5));
  socket.say(frameMessage(id, 0, jaws(15)));
  await world.advance(200);
  socket.drop();
  await world.advance(800);
  assert.equal((await outcome).duration, 0.5);
  assert.ok(log.some(({ code }) => code === "connection_lost"));
});

test("an unreachable server rejects immediately", async () => {
  const { world, client } = await connected();
  const outcome = client.speak("Hello");
  await settle();
  world.socket.drop();
  await assert.rejects(() => outcome, { code: "connection_failed" });
  assert.equal(client.getDebugState().speaking, false);
});

test("a new request does not wait for the next retry", async () => {
  const { world, client } = await connected();
  client.speak("Hello").catch(() => {});
  await settle();
  for (let i = 0; i < 5; i++) {
    world.socket.drop();
    await world.advance(20_000);
  }
  world.socket.drop();
  assert.equal(client.getDebugState().connection, "waiting");
  const before = world.sockets.length;
  client.speak("Are you back?").catch(() => {});
  await settle();
  assert.equal(world.sockets.length, before + 1);
  world.socket.welcome();
  assert.equal(world.socket.last("speak").text, "Are you back?");
});

test("a server that answers a health check is connected to", async () => {
  const { world, client } = await connected();
  client.speak("Hello").catch(() => {});
  await settle();
  world.socket.drop();
  const before = world.sockets.length;
  assert.equal((await client.checkConnection()).connected, true);
  await settle();
  assert.equal(world.sockets.length, before + 1);
});

test("a busy server is retried a limited number of times", async () => {
  const { world, client } = await connected();
  const outcome = client.speak("Hello");
  outcome.catch(() => {});
  await settle();
  world.socket.welcome();
  for (let i = 1; i <= 4; i++) {
    assert.equal(world.sockets.length, i);
    const { utterance } = world.socket.last("speak");
    world.socket.say({ type: "error", utterance, code: "busy", message: "full", fatal: false });
    await world.advance(5000);
    if (i < 4) world.socket.welcome();
  }
  assert.equal(world.sockets.length, 4);
  await assert.rejects(() => outcome, { code: "busy", message: "full" });
});

test("a request survives a server that is shutting down", async () => {
  const { world, client, log } = await connected();
  const outcome = client.speak("Hello");
  outcome.catch(() => {});
  await settle();
  world.socket.say({ type: "error", code: "busy", message: "shutting down", fatal: true });
  world.socket.drop(1013);
  await world.advance(600);
  world.socket.welcome();
  assert.equal(world.socket.last("speak").text, "Hello");
  assert.deepEqual(
    log.filter(({ event }) => event === "error").map(({ code }) => code),
    ["busy"],
  );
});

test("requests are spoken in order", async () => {
  const { world, client, outcome, id, socket } = await speaking("One");
  const second = client.speak("Two");
  await settle();
  const other = socket.last("speak").utterance;
  assert.equal(other, id + 1);
  socket.say(soundMessage(id, 0, 0.3));
  socket.say({ type: "end", utterance: id, frames: 0, duration: 0.3 });
  socket.say({ type: "started", utterance: other, fps: 30, lookahead: 0.1, sample_rate: RATE });
  socket.say(soundMessage(other, 0, 0.3));
  socket.say({ type: "end", utterance: other, frames: 0, duration: 0.3 });
  await world.advance(2000);
  assert.deepEqual([(await outcome).utterance, (await second).utterance], [1, 2]);
});

test("a stream written while the server speaks starts after it", async () => {
  const { world, client, id, socket } = await speaking();
  const utterance = client.start({ sampleRate: RATE });
  utterance.write(new Int16Array(2400));
  assert.equal(socket.last("start"), undefined);
  socket.say(soundMessage(id, 0, 0.1));
  socket.say({ type: "end", utterance: id, frames: 0, duration: 0.1 });
  assert.equal(socket.last("start").utterance, id + 1);
  assert.equal(socket.audioBytes, 4800);
  await world.advance(100);
});

test("cancel stops server, audio and face, and the next request works immediately", async () => {
  const { world, client, face, outcome, id, socket } = await speaking();
  socket.say(soundMessage(id, 0, 5));
  socket.say(frameMessage(id, 0, jaws(150)));
  await world.advance(500);
  client.cancel();
  assert.equal(socket.messages.at(-1).type, "cancel");
  assert.ok(world.contexts[0].nodes.every(({ stopped }) => stopped <= world.contexts[0].currentTime + 0.011));
  assert.equal((await outcome).cancelled, true);
  const before = face.value("jawOpen");
  await world.advance(50);
  assert.ok(face.value("jawOpen") < before * 0.6, "the mouth is closing");
  await world.advance(60);
  assert.equal(face.value("jawOpen"), 0);
  void client.speak("Next");
  await settle();
  assert.equal(socket.last("speak").text, "Next");
});

/** Requests several texts at once, before the server has answered any. */
async function requested(...texts) {
  const all = await connected();
  const outcomes = texts.map((text) => all.client.speak(text));
  for (const outcome of outcomes) outcome.catch(() => {});
  await settle();
  all.world.socket.welcome();
  return { ...all, outcomes, ids: all.world.socket.messages.map(({ utterance }) => utterance) };
}

/** Lets the server speak an utterance to its end. */
function speak(socket, utterance) {
  socket.say({ type: "started", utterance, fps: 30, lookahead: 0.1, sample_rate: RATE });
  socket.say(soundMessage(utterance, 0, 0.2));
  socket.say({ type: "end", utterance, frames: 0, duration: 0.2 });
}

for (const [how, fields] of [
  ["by its id", (id) => ({ utterance: id, request: "speak" })],
  ["without its id, as by older servers", () => ({})],
]) {
  test(`a text that is refused ${how} rejects, and the next ones are spoken`, async () => {
    const { world, outcomes, ids, log } = await requested("Wrong", "Two", "Three");
    world.socket.say({ type: "error", code: "bad_message", message: "no", fatal: false, ...fields(ids[0]) });
    for (const id of ids.slice(1)) speak(world.socket, id);
    await world.advance(3000);
    await assert.rejects(() => outcomes[0], { code: "bad_message", message: "no" });
    assert.deepEqual([(await outcomes[1]).duration, (await outcomes[2]).duration], [0.2, 0.2]);
    const errors = log.filter(({ event }) => event === "error");
    assert.deepEqual(
      errors.map(({ code, utterance }) => [code, utterance]),
      [["bad_message", 1]],
    );
  });
}

test("a text that is refused after it began rejects, whatever the code", async () => {
  const { world, outcomes, ids } = await requested("Wrong", "Two");
  const [first, second] = ids;
  world.socket.say({ type: "started", utterance: first, fps: 30, lookahead: 0.1, sample_rate: RATE });
  world.socket.say({
    type: "error",
    code: "bad_message",
    message: "no voice",
    utterance: first,
    fatal: false,
  });
  speak(world.socket, second);
  await world.advance(2000);
  await assert.rejects(() => outcomes[0], { message: "no voice" });
  assert.equal((await outcomes[1]).duration, 0.2);
});

test("a refusal that closes the socket rejects only its text; the next ones are sent again", async () => {
  const { world, outcomes, ids } = await requested("Wrong", "Two", "Three");
  world.socket.say({
    type: "error",
    code: "bad_message",
    message: "20th",
    utterance: ids[0],
    fatal: true,
  });
  world.socket.drop(1008);
  await world.advance(600);
  world.socket.welcome();
  const again = world.socket.messages;
  assert.deepEqual(
    again.map(({ text }) => text),
    ["Two", "Three"],
  );
  for (const { utterance } of again) speak(world.socket, utterance);
  await world.advance(3000);
  await assert.rejects(() => outcomes[0], { message: "20th" });
  assert.deepEqual([(await outcomes[1]).duration, (await outcomes[2]).duration], [0.2, 0.2]);
});

test("texts that wait are spoken after a lost connection, and reject if it stays away", async () => {
  const { world, outcomes } = await requested("One", "Two");
  world.socket.drop();
  await world.advance(600);
  world.socket.welcome();
  speak(world.socket, world.socket.messages[0].utterance);
  await world.advance(1000);
  assert.equal((await outcomes[0]).duration, 0.2);
  for (let i = 0; i < 4; i++) {
    world.socket.drop();
    await world.advance(15_000);
  }
  await assert.rejects(() => outcomes[1], A2FError);
});

test("a text that no message can hold rejects, and the next one is spoken", async () => {
  const { world, outcomes, ids } = await requested("Long. ".repeat(20_000), "Two");
  assert.equal(ids.length, 1);
  speak(world.socket, ids[0]);
  await world.advance(1000);
  await assert.rejects(() => outcomes[0], { code: "too_large" });
  assert.equal((await outcomes[1]).duration, 0.2);
});

test("what speak refuses is an error event too", async () => {
  const { client, log } = await connected();
  for (const words of ["", "Hi \ud83d", "\ude00", { ssml: "<speak>\ud83d</speak>" }])
    await assert.rejects(() => client.speak(words), { code: "bad_argument" });
  await assert.rejects(() => client.speak("Hi", { voice: 5 }), { code: "bad_argument" });
  await assert.rejects(() => client.speak("Hi", "Ada"), { code: "bad_argument" });
  assert.equal(log.filter(({ event }) => event === "error").length, 6);
  const whole = client.speak("Hi \u{1f600}");
  whole.catch(() => {});
  assert.equal(client.getDebugState().utterance, 1);
});

test("cancelling a stream leaves the speech before it alone", async () => {
  const { world, client, outcome, id, socket } = await speaking();
  const utterance = client.start({ sampleRate: RATE });
  utterance.cancel();
  assert.equal(socket.last("cancel"), undefined);
  socket.say(soundMessage(id, 0, 0.2));
  socket.say({ type: "end", utterance: id, frames: 0, duration: 0.2 });
  await world.advance(1000);
  assert.equal((await outcome).cancelled, false);
});

test("speech that the server cancels ends", async () => {
  const { world, outcome, id, socket } = await speaking();
  socket.say({ type: "cancelled", utterance: id });
  await world.advance(100);
  await assert.rejects(() => outcome, { code: "bad_state" });
});
