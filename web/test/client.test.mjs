import assert from "node:assert/strict";
import { test } from "node:test";
import { Audio2FaceClient } from "../src/client.js";
import { connected, jaws, RATE, streaming, tone } from "./support/streaming.mjs";
import { frameMessage, record, settle, TICK, World } from "./support/world.mjs";

test("a stream is played with the face in sync, and leaves the face neutral", async () => {
  const { world, client, face, utterance, id } = await streaming();
  const log = record(client, "speaking", "rank", "end");
  utterance.write(tone(1));
  utterance.end();
  world.socket.say(frameMessage(id, 0, jaws(30)));
  world.socket.say({ type: "end", utterance: id, frames: 30, duration: 1 });
  await world.advance(500);
  assert.equal(client.getDebugState().rank, "server");
  assert.ok(Math.abs(face.value("jawOpen") - 0.8) < 1e-3);
  await world.advance(1200);
  assert.equal(face.value("jawOpen"), 0);
  const outcome = await utterance.done;
  assert.deepEqual(outcome, {
    utterance: 1,
    frames: 30,
    duration: 1,
    rank: "server",
    cancelled: false,
    heard: 1,
    word: null,
    decodedBy: null,
    warning: null,
  });
  assert.deepEqual(
    log.map(({ event, speaking, to }) => [event, speaking ?? to]),
    [
      ["speaking", true],
      ["rank", "server"],
      ["speaking", false],
      ["end", undefined],
      ["rank", "neutral"],
    ],
  );
});

test("the skew between audio and face stays below a display frame", async () => {
  const { world, client, utterance, id } = await streaming();
  const skews = [];
  client.on("frame", ({ time }) => {
    const heard = world.contexts[0].currentTime - world.contexts[0].nodes[0].when;
    if (heard > 0.1) skews.push(Math.abs(time - heard));
  });
  utterance.write(tone(3));
  utterance.end();
  world.socket.say(frameMessage(id, 0, jaws(90)));
  await world.advance(2900);
  skews.sort((a, b) => a - b);
  assert.ok(skews.length > 100);
  assert.ok(skews[Math.floor(skews.length * 0.99)] < 0.017, `${skews.at(-1)}`);
});

test("playback does not wait for an unresponsive server, and loudness moves the mouth", async () => {
  const { world, client, face, utterance } = await streaming();
  utterance.write(tone(1));
  await world.advance(250);
  assert.equal(world.contexts.length, 0);
  await world.advance(350);
  assert.equal(client.getDebugState().rank, "loudness");
  assert.ok(face.value("jawOpen") > 0.2);
});

test("loudness takes over within 150 ms when the socket dies, and server frames return", async () => {
  const { world, client, face, utterance, id } = await streaming();
  const ranks = record(client, "rank");
  utterance.write(tone(3));
  world.socket.say(frameMessage(id, 0, jaws(10, 1)));
  await world.advance(200);
  world.socket.drop();
  let last = face.value("jawOpen");
  await world.advance(600, () => {
    assert.ok(Math.abs(face.value("jawOpen") - last) < 0.2);
    last = face.value("jawOpen");
  });
  assert.deepEqual(ranks.at(-1), {
    event: "rank",
    from: "server",
    to: "loudness",
    reason: "connection lost",
  });
  await world.advance(600);
  world.socket.welcome();
  const again = world.socket.started();
  assert.ok(again > id);
  world.socket.say(frameMessage(again, 0, jaws(60, 1)));
  await world.advance(200);
  assert.equal(client.getDebugState().rank, "server");
});

test("the change to loudness is complete 150 ms after the last frame is due", async () => {
  const { world, client, face, utterance, id } = await streaming();
  utterance.write(tone(3));
  world.socket.say(frameMessage(id, 0, jaws(10, 1)));
  const at = [];
  client.on("frame", ({ time }) => at.push([time, face.value("tongueOut")]));
  await world.advance(1000);
  const due = 10 / 30;
  assert.ok(at.every(([time, tongue]) => time < due + 0.15 || tongue === 0));
});

test("cancel stops audio and face, and the next utterance works immediately", async () => {
  const { world, client, face, utterance, id } = await streaming();
  utterance.write(tone(2));
  world.socket.say(frameMessage(id, 0, jaws(60)));
  await world.advance(400);
  client.cancel();
  assert.equal(world.socket.messages.at(-1).type, "cancel");
  assert.ok(world.contexts[0].nodes.every((node) => node.stopped < world.contexts[0].currentTime + 0.05));
  assert.equal((await utterance.done).cancelled, true);
  const next = client.start({ sampleRate: RATE });
  next.write(tone(1));
  world.socket.say(frameMessage(id, 60, jaws(30, 1)));
  assert.equal(client.getDebugState().framesReceived, 0);
  const nextId = world.socket.started();
  assert.ok(nextId > id);
  await world.advance(250);
  assert.equal(face.value("jawOpen"), 0);
  world.socket.say(frameMessage(nextId, 0, jaws(30, 0.5)));
  await world.advance(300);
  assert.ok(Math.abs(face.value("jawOpen") - 0.5) < 1e-3);
});

test("a file is sent to the server unchanged, and the element is the clock", async () => {
  const { world, client, face } = await connected();
  const element = world.element({ duration: 1 });
  const onended = () => {};
  element.onended = onended;
  const done = client.processAndAnimate(new Blob([new Uint8Array(5000)]), element);
  await settle();
  world.socket.welcome();
  assert.deepEqual(world.socket.last("start").audio, { encoding: "file" });
  assert.equal(world.socket.audioBytes, 5000);
  assert.equal(element.paused, true);
  const id = world.socket.started();
  world.socket.say(frameMessage(id, 0, jaws(30)));
  world.socket.say({ type: "end", utterance: id, frames: 30, duration: 1 });
  await world.advance(500);
  assert.equal(element.paused, false);
  assert.ok(Math.abs(face.value("mouthFunnel") - 0.8) < 1e-3);
  await world.advance(800);
  assert.equal((await done).rank, "server");
  assert.equal(element.onended, onended);
});

test("without a server the element plays after the patience, and the promise resolves", async () => {
  const { world, client, face } = await connected();
  const element = world.element({ duration: 1 });
  const errors = record(client, "error");
  const done = client.processAndAnimate(new Blob(["sound"]), element);
  await settle();
  world.socket.drop();
  await world.advance(500);
  assert.equal(errors[0].code, "connection_failed");
  assert.ok(face.value("jawOpen") > 0.1);
  await world.advance(1000);
  assert.equal((await done).rank, "loudness");
});

test("a file that the server cannot decode is decoded by the browser and sent as PCM", async () => {
  const { world, client } = await connected();
  void client.processAndAnimate(new Blob(["webm"]), world.element());
  await settle();
  world.socket.welcome();
  const { utterance } = world.socket.last("start");
  world.socket.say({ type: "error", code: "unsupported_audio", message: "no webm", utterance, fatal: false });
  await settle();
  const { audio } = world.socket.last("start");
  assert.deepEqual(audio, { encoding: "pcm_f32le", sample_rate: 16000, channels: 1 });
  assert.equal(world.socket.audioBytes, 4 + 16000 * 4);
  assert.equal(world.socket.last("end").type, "end");
});

test("useWebSocket: false sends over HTTP", async () => {
  const { world, client, face } = await connected({ useWebSocket: false, apiToken: "t", seed: 7 });
  world.answer = () =>
    Response.json({
      fps: 30,
      blendshapes: ["jawOpen", "eyeBlinkLeft"],
      weights: new Array(30).fill([0.6, 0]),
    });
  const element = world.element();
  const done = client.processAndAnimate(new Blob(["sound"], { type: "audio/mpeg" }), element);
  await world.advance(500);
  assert.equal(world.sockets.length, 0);
  const [{ url, headers }] = world.requests;
  assert.equal(url, "http://server:8000/v1/animate?seed=7");
  assert.equal(headers.Authorization, "Bearer t");
  assert.ok(Math.abs(face.value("jawOpen") - 0.6) < 1e-3);
  await world.advance(1000);
  assert.equal((await done).frames, 30);
});

test("a busy server is retried over HTTP, whether the server or a proxy answers 503", async () => {
  const { world, client, face } = await connected({ useWebSocket: false });
  const busy = { type: "error", code: "busy", message: "full" };
  const answers = [
    Response.json(busy, { status: 503 }),
    new Response("<h1>503</h1>", { status: 503 }),
    Response.json({ fps: 30, blendshapes: ["jawOpen"], weights: new Array(90).fill([0.6]) }),
  ];
  world.answer = () => answers.shift();
  const element = world.element({ duration: 3 });
  const done = client.processAndAnimate(new Blob(["sound"]), element);
  await world.advance(2000);
  assert.equal(world.requests.length, 3);
  assert.ok(Math.abs(face.value("jawOpen") - 0.6) < 1e-3);
  await world.advance(1500);
  assert.equal((await done).rank, "server");
  assert.equal(world.pendingTimers, 0);
});

test("utterances wait in the queue", async () => {
  const { world, client } = await connected();
  const speaking = record(client, "speaking");
  const [a, b] = [world.element({ duration: 0.5 }), world.element({ duration: 0.5 })];
  const first = client.processAndAnimate(new Blob(["a"]), a);
  const second = client.processAndAnimate(new Blob(["b"]), b);
  await world.advance(600);
  assert.equal(b.paused, true);
  await world.advance(300);
  await first;
  await world.advance(1500);
  await second;
  assert.deepEqual(
    speaking.map((e) => [e.utterance, e.speaking]),
    [
      [1, true],
      [1, false],
      [2, true],
      [2, false],
    ],
  );
});

test("an element that the browser blocks is reported", async () => {
  const { world, client } = await connected();
  world.locked = true;
  const errors = record(client, "error");
  const element = world.element();
  void client.processAndAnimate(new Blob(["a"]), element);
  await world.advance(400);
  assert.ok(errors.some(({ code }) => code === "audio_locked"));
  world.locked = false;
  await client.unlock();
  await settle();
  assert.equal(element.paused, false);
});

test("an element that fails rejects", async () => {
  const { world, client } = await connected();
  const element = world.element();
  const done = client.processAndAnimate(new Blob(["a"]), element);
  done.catch(() => {});
  await world.advance(400);
  element.fail();
  await assert.rejects(done, { code: "playback_failed" });
});

test("an external clock drives the face", async () => {
  const { world, client, face } = await connected();
  const begin = world.time;
  const utterance = client.start({ sampleRate: RATE, audio: () => (world.time - begin) / 1000 });
  await settle();
  world.socket.welcome();
  const id = world.socket.started();
  utterance.write(tone(1));
  utterance.end();
  world.socket.say(frameMessage(id, 0, jaws(30)));
  await world.advance(500);
  assert.ok(Math.abs(face.value("jawOpen") - 0.8) < 1e-3);
  await world.advance(600);
  assert.equal((await utterance.done).cancelled, false);
});

test("intensity scales the mouth but not the lids", async () => {
  const { world, client, face, utterance, id } = await streaming();
  client.setIntensity(0.5);
  utterance.write(tone(1));
  world.socket.say(frameMessage(id, 0, jaws(30)));
  await world.advance(400);
  assert.ok(Math.abs(face.value("jawOpen") - 0.4) < 1e-3);
  assert.ok(Math.abs(face.value("eyeBlinkLeft") - 0.8) < 1e-3);
  client.setIntensity(9);
  await world.advance(TICK);
  assert.equal(face.value("jawOpen"), 1);
});

test("emotions are sent for the open utterance and the next start", async () => {
  const { world, client, utterance } = await streaming();
  client.setEmotions({ joy: 0.5 });
  assert.deepEqual(world.socket.messages.at(-1), { type: "emotions", emotions: { joy: 0.5 } });
  utterance.cancel();
  client.start({ sampleRate: RATE });
  assert.deepEqual(world.socket.last("start").emotions, { joy: 0.5 });
  assert.throws(() => client.setEmotions({ joy: 2 }), { code: "bad_argument" });
});

test("busy is retried with a delay", async () => {
  const { world, client, utterance } = await streaming();
  utterance.write(tone(1));
  world.socket.say({
    type: "error",
    code: "busy",
    message: "full",
    utterance: world.socket.last("start").utterance,
  });
  await world.advance(400);
  assert.equal(world.sockets.length, 1);
  await world.advance(300);
  assert.equal(world.sockets.length, 2);
  world.socket.welcome();
  assert.equal(world.socket.last("start").type, "start");
  assert.equal(client.getDebugState().rank, "loudness");
});

test("errors of an utterance are events, and the utterance continues with loudness", async () => {
  const { world, client, utterance, id } = await streaming();
  const errors = record(client, "error");
  utterance.write(tone(1));
  utterance.end();
  world.socket.say({ type: "error", code: "backend_failed", message: "NaN", utterance: id, fatal: false });
  await world.advance(1500);
  assert.deepEqual(errors, [
    { event: "error", code: "backend_failed", message: "NaN", fatal: false, utterance: 1 },
  ]);
  assert.equal((await utterance.done).rank, "loudness");
});

test("several clients are independent", async () => {
  const one = await streaming();
  const two = await streaming();
  one.utterance.write(tone(1));
  one.world.socket.say(frameMessage(one.id, 0, jaws(30)));
  await one.world.advance(300);
  await two.world.advance(300);
  assert.ok(one.face.value("jawOpen") > 0.5);
  assert.equal(two.face.value("jawOpen"), 0);
});

test("a listener that throws breaks nothing", async () => {
  const { world, client, face, utterance, id } = await streaming();
  const silent = console.error;
  console.error = () => {};
  client.on("frame", () => {
    throw new Error("listener");
  });
  utterance.write(tone(1));
  world.socket.say(frameMessage(id, 0, jaws(30)));
  await world.advance(300);
  console.error = silent;
  assert.ok(face.value("jawOpen") > 0.5);
});

test("autoUpdate: false leaves updates to the app", async () => {
  const { world, client, face, utterance, id } = await streaming({ autoUpdate: false });
  utterance.write(tone(1));
  world.socket.say(frameMessage(id, 0, jaws(30)));
  await world.advance(300);
  assert.equal(face.value("jawOpen"), 0);
  for (let i = 0; i < 10; i++) await world.advance(TICK, () => client.update());
  assert.ok(face.value("jawOpen") > 0.5);
});

test("reset shows the neutral face immediately", async () => {
  const { world, client, face, utterance, id } = await streaming();
  utterance.write(tone(1));
  world.socket.say(frameMessage(id, 0, jaws(30)));
  await world.advance(300);
  client.reset();
  assert.equal(face.value("jawOpen"), 0);
  await world.advance(100);
  assert.equal(face.value("jawOpen"), 0);
});

test("between utterances the morphs are left to the app, and nothing runs", async () => {
  const { world, client, face, utterance, id } = await streaming();
  utterance.write(tone(0.2));
  utterance.end();
  world.socket.say(frameMessage(id, 0, jaws(6)));
  await world.advance(1500);
  face.morphTargetInfluences[0] = 0.7;
  await world.advance(200);
  assert.equal(face.morphTargetInfluences[0], 0.7);
  assert.equal(world.pendingFrames, 0);
  assert.equal(client.getDebugState().speaking, false);
});

test("dispose releases everything", async () => {
  const { world, client, face, utterance, id } = await streaming();
  utterance.write(tone(1));
  world.socket.say(frameMessage(id, 0, jaws(30)));
  await world.advance(300);
  client.dispose();
  assert.equal(world.socket.readyState, 3);
  assert.equal(world.contexts[0].closed, true);
  assert.equal(world.pendingFrames, 0);
  assert.equal(world.pendingTimers, 0);
  assert.ok(face.morphTargetInfluences.every((value) => value === 0));
  assert.throws(() => client.start({ sampleRate: RATE }), { code: "disposed" });
});

test("the debug state is plain JSON", async () => {
  const { client } = await streaming();
  const state = client.getDebugState();
  assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
  assert.equal(state.connection, "ready");
  assert.equal(state.binding.found, 52);
});

test("a stream longer than the server's limit continues in another server utterance", async () => {
  const { world, client } = await connected();
  const utterance = client.start({ sampleRate: RATE });
  await settle();
  world.socket.welcome({ limits: { utterance_s: 2 } });
  utterance.write(tone(5));
  utterance.end();
  const starts = world.socket.messages.filter(({ type }) => type === "start");
  assert.equal(starts.length, 3);
  assert.equal(world.socket.messages.filter(({ type }) => type === "end").length, 3);
});

for (const [what, options] of [
  ["a negative sampleRate", { sampleRate: -1 }],
  ["a fractional sampleRate", { sampleRate: 16000.5 }],
  ["a sampleRate of a sound card", { sampleRate: 96000 }],
  ["no sampleRate", {}],
  ["no options", undefined],
  ["six channels", { sampleRate: RATE, channels: 6 }],
  ["an unknown encoding", { sampleRate: RATE, encoding: "opus" }],
  ["an audio that nobody can read", { sampleRate: RATE, audio: {} }],
]) {
  test(`start refuses ${what}`, async () => {
    const { client } = await connected();
    assert.throws(() => client.start(options), { name: "A2FError", code: "bad_argument" });
    assert.equal(client.getDebugState().utterance, null);
  });
}

test("start is refused while a stream is open, and the open one continues", async () => {
  const { client, utterance } = await streaming();
  assert.throws(() => client.start({ sampleRate: RATE }), { code: "bad_state" });
  utterance.write(tone(0.1));
});

test("writing after the end is refused", async () => {
  const { utterance } = await streaming();
  utterance.end();
  assert.throws(() => utterance.write(tone(0.1)), { code: "bad_state" });
});

test("writing anything but PCM is refused", async () => {
  const { utterance } = await streaming();
  assert.throws(() => utterance.write([1, 2, 3]), { code: "bad_argument" });
});

test("an empty utterance ends", async () => {
  const { world, utterance } = await streaming();
  utterance.end();
  await world.advance(500);
  assert.equal((await utterance.done).duration, 0);
});

test("an empty file, a missing file and a missing element are refused", async () => {
  const { world, client } = await connected();
  await assert.rejects(client.processAndAnimate(new Blob([]), world.element()), { code: "empty_audio" });
  await assert.rejects(client.processAndAnimate("file.mp3", world.element()), { code: "bad_argument" });
  await assert.rejects(client.processAndAnimate(new Blob(["a"]), null), { code: "bad_argument" });
});

test("without a server address the error says what to do", async () => {
  const world = new World();
  const client = new Audio2FaceClient(null, world.platform());
  const errors = record(client, "error");
  client.start({ sampleRate: RATE });
  await settle();
  assert.equal(errors[0].code, "no_server");
});

test("speech that the system interrupts is reported, and continues", async () => {
  const { world, client, utterance } = await streaming();
  const log = record(client, "audio", "error");
  utterance.write(tone(1));
  utterance.end();
  await world.advance(800);
  const [context] = world.contexts;
  for (let i = 0; i < 2; i++) {
    world.locked = true;
    context.become("interrupted");
    await world.advance(2000);
    assert.equal(client.getDebugState().speaking, true);
    world.locked = false;
    await client.unlock();
    await world.advance(100);
  }
  await world.advance(1500);
  assert.equal((await utterance.done).duration, 1);
  const told = log.map(({ state, code }) => state ?? code);
  assert.deepEqual(
    told,
    [0, 1].flatMap(() => ["interrupted", "audio_interrupted", "running"]),
  );
});

test("a context that is closed during playback rejects, and the next utterance plays on another one", async () => {
  const { world, client, utterance } = await streaming();
  utterance.write(tone(1));
  await world.advance(800);
  const [context] = world.contexts;
  context.become("closed");
  await world.advance(300);
  await assert.rejects(utterance.done, { code: "playback_failed" });
  const own = new (world.platform().AudioContext)();
  client.configure({ audioContext: own });
  const next = client.start({ sampleRate: RATE });
  next.write(tone(0.2));
  next.end();
  await world.advance(1500);
  assert.equal((await next.done).duration, 0.2);
});

test("an element that is given another source rejects, and the next file plays", async () => {
  const { world, client } = await connected();
  const element = world.element({ duration: 5 });
  element.src = "one";
  const first = client.processAndAnimate(new Blob(["a"]), element);
  first.catch(() => {});
  await world.advance(500);
  element.dispatchEvent(new Event("emptied"));
  await world.advance(200);
  assert.equal(client.getDebugState().speaking, true, "the event of the source that plays comes late");
  element.src = "two";
  element.dispatchEvent(new Event("emptied"));
  await assert.rejects(first, { code: "playback_failed" });
  const other = world.element({ duration: 0.5 });
  const second = client.processAndAnimate(new Blob(["b"]), other);
  await world.advance(1500);
  assert.equal((await second).cancelled, false);
});

test("an external clock that reports NaN stands still, and one that throws rejects", async () => {
  const { world, client } = await connected();
  let read = () => Number.NaN;
  const utterance = client.start({ sampleRate: RATE, audio: () => read() });
  utterance.write(tone(1));
  await world.advance(300);
  assert.equal(client.getDebugState().time < 0.02, true);
  read = () => {
    throw new Error("no player");
  };
  await world.advance(300);
  await assert.rejects(utterance.done, { code: "playback_failed", message: /no player/ });
});
