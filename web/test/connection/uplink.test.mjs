import assert from "node:assert/strict";
import { test } from "node:test";
import { PcmFormat } from "../../src/audio/pcm.js";
import { Connection } from "../../src/connection/connection.js";
import { FileUplink } from "../../src/connection/file_uplink.js";
import { PcmUplink } from "../../src/connection/pcm_uplink.js";
import { platformWith } from "../../src/platform.js";
import { frameMessage, settle, World } from "../support/world.mjs";

const RATE = 16000;
const pcm = (seconds) => new Uint8Array(Math.round(seconds * RATE) * 2);

/** Returns a listener that logs all calls. */
function sink() {
  const log = [];
  const note =
    (name) =>
    (...given) =>
      log.push([name, ...given]);
  return {
    log,
    names: () => log.map(([name]) => name),
    at: 0,
    pause: 0,
    position() {
      return this.at;
    },
    trailingSilence() {
      return this.pause;
    },
    onStarted: note("started"),
    onFrames: (first, values) => log.push(["frames", first, values.length / 52]),
    onSplice: note("seam"),
    onEnd: note("end"),
    onInterruption: note("interruption"),
    onFailure: (error) => log.push(["failure", error.code]),
  };
}

async function parts(limits) {
  const world = new World();
  const platform = platformWith(world.platform());
  const hooks = { onState() {}, onError() {} };
  const connection = new Connection(platform, () => ({ serverUrl: "http://s" }), hooks);
  connection.connect();
  await settle();
  world.socket.welcome(limits ? { limits } : {});
  return { world, platform, connection, sink: sink() };
}

async function stream(limits) {
  const all = await parts(limits);
  const format = new PcmFormat({ sampleRate: RATE });
  const uplink = new PcmUplink(all.connection, all.platform, () => ({ seed: 3 }), all.sink, format);
  uplink.open();
  return { ...all, uplink, starts: () => all.world.socket.messages.filter(({ type }) => type === "start") };
}

test("start contains what the server needs to know; audio and end follow", async () => {
  const { world, uplink } = await stream();
  uplink.write(pcm(0.25));
  uplink.end();
  assert.deepEqual(world.socket.messages, [
    {
      type: "start",
      utterance: 1,
      seed: 3,
      fps: 30,
      audio: { encoding: "pcm_s16le", sample_rate: RATE, channels: 1 },
    },
    { type: "end" },
  ]);
  assert.equal(world.socket.audioBytes, 8000);
});

test("visemes are asked of a server that hears them, and their times are those of the whole stream", async () => {
  const { world, connection, platform } = await parts({ utterance_s: 2 });
  connection.ready.visemes = true;
  const heard = [];
  const listener = { ...sink(), onViseme: (...viseme) => heard.push(viseme) };
  const format = new PcmFormat({ sampleRate: RATE });
  const uplink = new PcmUplink(connection, platform, () => ({}), listener, format, true);
  uplink.open();
  uplink.write(pcm(3));
  const starts = world.socket.messages.filter(({ type }) => type === "start");
  assert.deepEqual(
    starts.map(({ visemes }) => visemes),
    [true, true],
  );
  world.socket.say({ type: "viseme", utterance: 1, time: 0.5, id: 21, phonemes: "m" });
  world.socket.say({ type: "viseme", utterance: 2, time: 0.5, id: 6 });
  const second = Math.floor(2 * 0.98 * 30 + 1e-9) / 30;
  assert.deepEqual(heard[0], [0.5, 21, "m"]);
  assert.equal(heard[1][1], 6);
  assert.ok(Math.abs(heard[1][0] - second - 0.5) < 0.15, String(heard[1][0]));
});

test("visemes are not asked of a server that does not hear them", async () => {
  const { world, connection, platform, sink: listener } = await parts();
  const uplink = new PcmUplink(
    connection,
    platform,
    () => ({}),
    listener,
    new PcmFormat({ sampleRate: RATE }),
    true,
  );
  uplink.open();
  assert.ok(!("visemes" in world.socket.messages[0]));
});

test("audio written before the connection is ready is sent when it is", async () => {
  const world = new World();
  const platform = platformWith(world.platform());
  const connection = new Connection(platform, () => ({ serverUrl: "http://s" }), {
    onState() {},
    onError() {},
  });
  const format = new PcmFormat({ sampleRate: RATE });
  const uplink = new PcmUplink(connection, platform, () => ({}), sink(), format);
  uplink.open();
  uplink.write(pcm(1));
  uplink.end();
  await settle();
  world.socket.welcome();
  assert.equal(world.socket.audioBytes, 32000);
  assert.equal(world.socket.messages.at(-1).type, "end");
});

test("at the limit the next server utterance starts on a frame, and its frames follow the first one's", async () => {
  const { world, uplink, sink, starts } = await stream({ utterance_s: 2 });
  uplink.write(pcm(3.5));
  uplink.end();
  assert.deepEqual(
    starts().map(({ utterance }) => utterance),
    [1, 2],
  );
  const frame = sink.log.find(([name]) => name === "seam")[1];
  assert.ok(frame / 30 <= 1.96 && frame / 30 > 1.8, `${frame}`);
  world.socket.started(1);
  world.socket.started(2);
  world.socket.say(frameMessage(2, 0, [0, 0]));
  assert.deepEqual(sink.log.at(-1), ["frames", frame, 2]);
  world.socket.say({ type: "end", utterance: 1, frames: 9, duration: 1 });
  assert.ok(!sink.names().includes("end"));
  world.socket.say({ type: "end", utterance: 2, frames: 9, duration: 1 });
  assert.ok(sink.names().includes("end"));
  const sent = world.socket.audioBytes;
  assert.ok(sent >= 3.5 * RATE * 2 && sent <= (3.5 + 1 / 30) * RATE * 2);
});

test("from four fifths of the limit, a pause is used for the split", async () => {
  const { uplink, sink, starts } = await stream({ utterance_s: 10 });
  uplink.write(pcm(7));
  sink.pause = 0.3;
  uplink.write(pcm(0.1));
  assert.equal(starts().length, 1);
  sink.pause = 0;
  uplink.write(pcm(1.5));
  assert.equal(starts().length, 1);
  sink.pause = 0.2;
  uplink.write(pcm(0.1));
  assert.equal(starts().length, 2);
});

test("after a lost connection it resumes from the playback position", async () => {
  const { world, uplink, sink } = await stream();
  uplink.write(pcm(4));
  world.socket.started(1);
  sink.at = 2.5;
  world.socket.drop();
  assert.deepEqual(sink.log.at(-1), ["interruption", "connection lost"]);
  await world.advance(600);
  world.socket.welcome();
  assert.deepEqual(sink.log.at(-1), ["seam", 75]);
  assert.equal(world.socket.audioBytes, 1.5 * RATE * 2);
  uplink.write(pcm(1));
  assert.equal(world.socket.audioBytes, 2.5 * RATE * 2);
});

test("finished work is not sent again", async () => {
  const { world, uplink } = await stream();
  uplink.write(pcm(1));
  uplink.end();
  world.socket.say({ type: "end", utterance: 1, frames: 30, duration: 1 });
  world.socket.drop();
  await world.advance(600);
  world.socket.welcome();
  assert.deepEqual(world.socket.messages, []);
});

test("closing cancels what is open and drops what still arrives", async () => {
  const { world, uplink, sink } = await stream();
  uplink.write(pcm(1));
  uplink.close(true);
  assert.equal(world.socket.messages.at(-1).type, "cancel");
  world.socket.say(frameMessage(1, 0, [0]));
  assert.deepEqual(sink.log, []);
});

test("closing an utterance whose audio was sent does not cancel a newer one", async () => {
  const { world, uplink } = await stream();
  uplink.write(pcm(1));
  uplink.end();
  uplink.close(false);
  assert.equal(world.socket.messages.at(-1).type, "end");
});

test("busy is retried with growing delays, on another connection", async () => {
  const { world, uplink, sink } = await stream();
  uplink.write(pcm(1));
  for (const [wait, count] of [
    [600, 1],
    [1100, 2],
  ]) {
    world.socket.say({ type: "error", code: "busy", message: "full", utterance: count });
    assert.deepEqual(sink.log.at(-1), ["interruption", "server busy"]);
    await world.advance(wait - 200);
    assert.equal(world.sockets.length, count);
    await world.advance(200);
    assert.equal(world.sockets.length, count + 1);
    world.socket.welcome();
    assert.equal(world.socket.last("start").utterance, count + 1);
    assert.equal(world.socket.audioBytes, 32000);
  }
  assert.ok(!sink.names().includes("failure"));
});

test("with another utterance open, busy is retried on the same connection", async () => {
  const { world, connection, uplink, starts } = await stream();
  uplink.write(pcm(1));
  connection.utterances.add({ onMessage() {}, onFrames() {} });
  world.socket.say({ type: "error", code: "busy", message: "full", utterance: 1 });
  await world.advance(600);
  assert.deepEqual([world.sockets.length, starts().length], [1, 2]);
});

test("two waiting utterances start once each where the first one switches the connection", async () => {
  const { world, platform, connection, uplink } = await stream();
  const format = new PcmFormat({ sampleRate: RATE });
  const other = new PcmUplink(connection, platform, () => ({}), sink(), format);
  uplink.end();
  other.open();
  world.socket.say({ type: "error", code: "busy", message: "full", utterance: 1 });
  await world.advance(100);
  world.socket.say({ type: "error", code: "busy", message: "full", utterance: 2 });
  await world.advance(420);
  world.socket.welcome();
  await world.advance(1000);
  assert.equal(world.sockets.length, 2);
  assert.deepEqual(
    world.socket.messages.filter(({ type }) => type === "start").map(({ utterance }) => utterance),
    [3, 4],
  );
});

test("an error ends it", async () => {
  const { world, uplink, sink } = await stream();
  uplink.write(pcm(1));
  world.socket.say({ type: "error", code: "backend_failed", message: "NaN", utterance: 1 });
  assert.deepEqual(sink.log, [["failure", "backend_failed"]]);
  uplink.write(pcm(1));
  assert.equal(world.socket.audioBytes, 32000);
});

test("an error about one message does not", async () => {
  const { world, uplink, sink } = await stream();
  world.socket.started(1);
  world.socket.say({ type: "error", code: "bad_message", message: "hunger", request: "emotions" });
  uplink.write(pcm(1));
  assert.ok(!sink.names().includes("failure"));
  assert.equal(world.socket.audioBytes, 32000);
});

test("an error that names it does, whatever its code", async () => {
  const { world, sink } = await stream();
  world.socket.started(1);
  world.socket.say({ type: "error", code: "bad_message", message: "no such voice", utterance: 1 });
  assert.deepEqual(sink.log.at(-1), ["failure", "bad_message"]);
});

test("a refused start does", async () => {
  const { world, sink } = await stream();
  world.socket.say({ type: "error", code: "bad_message", message: "no such profile" });
  assert.deepEqual(sink.log, [["failure", "bad_message"]]);
});

async function file(size, limits) {
  const all = await parts(limits);
  const refused = [];
  const uplink = new FileUplink(
    all.connection,
    all.platform,
    () => ({}),
    all.sink,
    new Uint8Array(size),
    (error) => refused.push(error.code),
  );
  uplink.open();
  return { ...all, uplink, refused };
}

test("a file is sent whole, in messages of acceptable size", async () => {
  const { world } = await file(2500, { message_bytes: 1000, file_bytes: 10000 });
  const sizes = world.socket.sent.filter((data) => typeof data !== "string").map((data) => data.length);
  assert.deepEqual(sizes, [1000, 1000, 500]);
  assert.equal(world.socket.messages.at(-1).type, "end");
});

test("a file that is too large is not sent", async () => {
  const { world, sink } = await file(2500, { message_bytes: 1000, file_bytes: 2000 });
  assert.deepEqual(sink.log, [["failure", "too_large"]]);
  assert.equal(world.socket.audioBytes, 0);
});

test("a file that the server cannot decode is handed back", async () => {
  for (const code of ["unsupported_audio", "bad_audio"]) {
    const { world, refused, sink } = await file(10);
    world.socket.say({ type: "error", code, message: "webm", utterance: 1 });
    assert.deepEqual(refused, [code]);
    assert.deepEqual(sink.log, []);
  }
});

test("a file is sent again after a lost connection", async () => {
  const { world } = await file(10);
  world.socket.drop();
  await world.advance(600);
  world.socket.welcome();
  assert.equal(world.socket.audioBytes, 10);
});
