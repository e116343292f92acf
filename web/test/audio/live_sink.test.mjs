import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES } from "../../src/arkit.js";
import { LiveSink } from "../../src/audio/live_sink.js";
import { Audio2FaceClient } from "../../src/client.js";
import { frameMessage, mesh, record, settle, TICK, World } from "../support/world.mjs";

const STREAM = { getAudioTracks: () => [{}] };

/** Returns a microphone and a server that answers `lag` frames behind it. */
async function listening({ limits, lag = 4, options } = {}) {
  const world = new World();
  const client = new Audio2FaceClient("http://server", world.platform());
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  const session = client.listen(STREAM, options);
  await settle();
  world.socket.welcome(limits ? { limits } : {});
  let heard = 0;
  let sent = 0;
  let segment = null;
  const speak = (value, loud = 0.5) => {
    world.contexts[0].hear(new Float32Array(800).fill(loud));
    heard += 800;
    const id = world.socket.last("start").utterance;
    if (id !== segment) {
      segment = world.socket.started(id);
      sent = 0;
      heard = heard % 1600;
    }
    const due = Math.floor(heard / 1600) - lag;
    if (due <= sent) return;
    world.socket.say(frameMessage(id, sent, new Array(due - sent).fill(value)));
    sent = due;
  };
  return { world, client, face, session, speak };
}

test("the face follows live audio with server frames", async () => {
  const { world, client, face, session, speak } = await listening();
  await world.advance(2000, () => speak(0.6));
  assert.equal(client.getDebugState().rank, "server");
  assert.ok(Math.abs(face.value("mouthFunnel") - 0.6) < 1e-3);
  assert.ok(session.delay > 0.1 && session.delay < 0.35, `${session.delay}`);
  assert.equal(client.getDebugState().lateFrames, 0);
});

test("a stream is played as late as the face follows it, until it is stopped", async () => {
  const { world, session, speak } = await listening({ options: { play: true } });
  const [{ delay }] = world.contexts;
  await world.advance(1000, () => speak(0.6));
  assert.ok(Math.abs(delay.delayTime.value - session.delay) < 0.011);
  assert.equal(delay.connected, true);
  session.stop();
  assert.equal(delay.connected, false);
});

test("a stream is not played unless asked for", async () => {
  const { world } = await listening();
  assert.equal(world.contexts[0].delay, undefined);
});

test("after stop the face finishes, and the track is left to the app", async () => {
  const { world, session, speak } = await listening();
  await world.advance(500, () => speak(0.6));
  session.stop();
  assert.equal(world.socket.messages.at(-1).type, "end");
  await world.advance(1000);
  const outcome = await session.done;
  assert.equal(outcome.cancelled, false);
});

test("an endless microphone continues in a new server utterance, without a jump of the face", async () => {
  const { world, client, face, speak } = await listening({ limits: { utterance_s: 4 } });
  const ranks = record(client, "rank");
  let last = 0;
  let tick = 0;
  await world.advance(1000, () => speak(1));
  const before = ranks.length;
  await world.advance(9000, () => {
    speak(tick++ % 400 < 200 ? 1 : 0.9);
    if (last > 0)
      assert.ok(Math.abs(face.value("mouthClose") - last) < 0.2, `${face.value("mouthClose")} ${last}`);
    last = face.value("mouthClose");
  });
  const starts = world.socket.messages.filter(({ type }) => type === "start");
  assert.ok(starts.length >= 3, `${starts.length}`);
  assert.ok(ranks.length - before <= 4, `${JSON.stringify(ranks)}`);
});

test("without a server, loudness is used immediately", async () => {
  const world = new World();
  const client = new Audio2FaceClient("http://server", world.platform());
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  client.listen(STREAM);
  await world.advance(800, () => world.contexts[0].hear(new Float32Array(800).fill(0.4)));
  assert.ok(face.value("jawOpen") > 0.3);
});

test("the delay grows with the lag, never jumps visibly, and shrinks slowly", () => {
  const sink = new LiveSink(48000);
  let now = 0;
  let last = 0;
  const run = (seconds, lag) => {
    for (let i = 0; i < seconds * 60; i++) {
      now += TICK;
      sink.write([new Float32Array(800)]);
      if (lag !== null) sink.observeFrames((now / 1000) * 1 - lag, now);
      const time = sink.time(now);
      assert.ok(time >= last && time - last < 0.06);
      last = time;
    }
  };
  run(2, 0.2);
  assert.ok(Math.abs(sink.delay - 0.26) < 0.03, `${sink.delay}`);
  run(3, 0.4);
  assert.ok(Math.abs(sink.delay - 0.46) < 0.03, `${sink.delay}`);
  run(10, null);
  assert.ok(sink.delay < 0.4);
});

test("a stream without audio is refused", () => {
  const client = new Audio2FaceClient("http://server", new World().platform());
  for (const stream of [null, {}, { getAudioTracks: () => [] }]) {
    assert.throws(() => client.listen(stream), { code: "bad_argument" });
  }
});

test("a stream that cannot be read is an error", async () => {
  const world = new World();
  const client = new Audio2FaceClient("http://server", world.platform());
  const errors = record(client, "error");
  const platformContext = world.platform().AudioContext;
  platformContext.prototype.createMediaStreamSource = () => {
    throw new Error("no tracks");
  };
  const broken = new Audio2FaceClient("http://server", {
    ...world.platform(),
    AudioContext: platformContext,
  });
  const log = record(broken, "error");
  const session = broken.listen(STREAM);
  await assert.rejects(session.ready, { code: "microphone_failed" });
  await settle();
  assert.equal(log.at(-1).code, "microphone_failed");
  assert.equal((await session.done).cancelled, true);
  assert.deepEqual(errors, []);
});

test("a worklet is used if available", async () => {
  const world = new World();
  const modules = [];
  const nodes = [];
  class Node {
    port = {};
    constructor(_context, name) {
      nodes.push([name, this]);
    }
    connect() {}
    disconnect() {}
  }
  const client = new Audio2FaceClient("http://server", { ...world.platform(), AudioWorkletNode: Node });
  const { AudioContext } = world.platform();
  const context = new AudioContext();
  context.audioWorklet = { addModule: async (url) => modules.push(url) };
  client.configure({ audioContext: context });
  const session = client.listen(STREAM);
  await session.ready;
  assert.match(modules[0], /^blob:/);
  assert.equal(nodes[0][0], "a2f-capture");
  world.socket.welcome();
  nodes[0][1].port.onmessage({ data: new Float32Array(1024) });
  assert.equal(world.socket.audioBytes, 2048);
});

test("a microphone that delivers nothing more has stalled, until it is stopped", async () => {
  const world = new World();
  const sink = new LiveSink(16000);
  const tick = () => sink.time(world.time);
  assert.equal(sink.supply(), "ample");
  await world.advance(500, () => {
    sink.write([new Float32Array(266)]);
    tick();
  });
  assert.equal(sink.supply(), "ample");
  await world.advance(500, tick);
  assert.equal(sink.supply(), "stalled");
  sink.finish(0.5);
  assert.equal(sink.supply(), "ample");
});
