// The client with the network in the page: without a server, and when one is lost.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { BLENDSHAPES } from "../src/arkit.js";
import { Audio2FaceClient } from "../src/client.js";
import { until, worldWithNetwork } from "./support/local_worker.mjs";
import { animate, bytesOf, FILE, voiceLike } from "./support/network.mjs";
import { frameMessage, mesh, record, settle } from "./support/world.mjs";

const RATE = 16000;
const HEAD = new URL("../avatar/head.glb", import.meta.url);

/** Returns a client that is told to use no server, whose network is loaded with the first audio. */
function serverless(t, { device = {}, ...options } = {}) {
  const { world, workers, options: own } = worldWithNetwork(device);
  const client = new Audio2FaceClient(false, { ...own, ...options });
  t.after(() => client.dispose());
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  return { world, workers, client, face, errors: record(client, "error") };
}

/** Returns a client whose server animates a stream, with the network ready beside it. */
async function withServer(t, seconds = 6) {
  const { world, workers, options } = worldWithNetwork();
  const client = new Audio2FaceClient("http://server:8000", options);
  t.after(() => client.dispose());
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  const stream = client.start({ sampleRate: RATE, encoding: "pcm_f32le" });
  await settle();
  world.socket.welcome();
  const id = world.socket.started();
  stream.write(voiceLike(seconds, RATE));
  await until(() => client.getDebugState().network);
  return { world, workers, client, face, stream, id };
}

const opened = (workers) => workers.flatMap(({ requests }) => requests.filter(({ type }) => type === "open"));
const jawAt = (weights, time) => weights[Math.round(time * 50) * 52 + BLENDSHAPES.indexOf("jawOpen")];

test("nothing is loaded before there is audio", async (t) => {
  const { world, workers, client } = serverless(t);
  await world.advance(500);
  assert.deepEqual([world.requests, workers, world.sockets], [[], [], []]);
  assert.equal(client.getDebugState().network, null);
});

test("a stream is animated without a server, and none is asked", async (t) => {
  const { world, workers, client, face, errors } = serverless(t);
  const ranks = record(client, "rank", "started", "connection");
  const samples = voiceLike(2, RATE);
  const stream = client.start({ sampleRate: RATE, encoding: "pcm_f32le" });
  stream.write(samples);
  stream.end();
  await until(() => client.getDebugState().network);
  const weights = animate(samples, RATE);
  let most = 0;
  let compared = 0;
  client.on("frame", ({ time, rank }) => {
    if (rank !== "network" || time < 0.3 || time > 1.9) return;
    compared++;
    const [a, b] = [Math.floor(time * 50), Math.ceil(time * 50)].map((i) => jawAt(weights, i / 50));
    const share = time * 50 - Math.floor(time * 50);
    most = Math.max(most, Math.abs(face.value("jawOpen") - (a + (b - a) * share)));
  });
  await world.advance(2500);
  const outcome = await stream.done;
  assert.ok(compared > 80, `${compared}`);
  assert.ok(most < 1e-5, `${most}`);
  assert.deepEqual([outcome.rank, outcome.frames, outcome.duration], ["network", 0, 2]);
  assert.deepEqual(ranks[0], { event: "rank", from: "neutral", to: "network", reason: "no server" });
  assert.deepEqual([world.sockets, errors], [[], []]);
  assert.equal(world.requests.length, 1, "the network itself");
  assert.equal(workers[0].script, "/network-worker.js");
});

test("playback starts with the network's first frames instead of waiting", async (t) => {
  const { world, client } = serverless(t, { patience: 60000 });
  const speaking = record(client, "speaking");
  client.start({ sampleRate: RATE, encoding: "pcm_f32le" }).write(voiceLike(1, RATE));
  await until(() => client.getDebugState().network);
  await world.advance(50);
  assert.equal(speaking.length, 1);
});

test("a file is animated without a server", async (t) => {
  const { world, client, face } = serverless(t);
  world.decoded = { sampleRate: RATE, samples: voiceLike(1, RATE) };
  const element = world.element({ duration: 1 });
  const done = client.processAndAnimate(new Uint8Array([1, 2, 3]), element);
  await until(() => client.getDebugState().network);
  let most = 0;
  await world.advance(1400, () => {
    most = Math.max(most, face.value("jawOpen"));
  });
  assert.ok(most > 0.05, `${most}`);
  assert.equal((await done).rank, "network");
  assert.deepEqual(world.sockets, []);
});

test("a file that the browser cannot decode is an error", async (t) => {
  const { world, client, errors } = serverless(t);
  world.decoded = null;
  const element = world.element({ duration: 1 });
  const done = client.processAndAnimate(new Uint8Array([1, 2, 3]), element);
  await world.advance(400);
  element.fail();
  await assert.rejects(done, { code: "bad_audio" });
  assert.equal(errors[0].code, "bad_audio");
});

test("a microphone is animated without a server", async (t) => {
  const { world, client, face } = serverless(t);
  const session = client.listen({ getAudioTracks: () => [{}] });
  await settle();
  const samples = voiceLike(4, world.contexts[0].sampleRate);
  let at = 0;
  let most = 0;
  const hear = () => {
    world.contexts[0].hear(samples.slice(at, at + 800));
    at += 800;
    most = Math.max(most, face.value("jawOpen"));
  };
  hear();
  await until(() => client.getDebugState().network);
  await world.advance(2000, hear);
  assert.equal(client.getDebugState().rank, "network");
  assert.ok(most > 0.05, `${most}`);
  assert.ok(session.delay > 0.1 && session.delay < 0.4, `${session.delay}`);
});

test("takes have the network's frames, and can be baked", async (t) => {
  const { world, client } = serverless(t, { keepTake: true });
  const stream = client.start({ sampleRate: RATE, encoding: "pcm_f32le" });
  stream.write(voiceLike(1, RATE));
  stream.end();
  await until(() => client.getDebugState().network);
  await world.advance(1400);
  await stream.done;
  const { take } = client;
  assert.deepEqual([take.complete, take.ranks.at(-1).rank], [true, "network"]);
  const baked = Audio2FaceClient.bakeTake(take, bytesOf(await readFile(HEAD)));
  assert.ok(baked.byteLength > (await readFile(HEAD)).length);
  const done = client.replay(take, world.element({ duration: 1 }));
  assert.equal(world.requests.length, 1, "a replay needs nothing");
  client.cancel();
  assert.equal((await done).cancelled, true);
});

test("expressions and idle animation need no server either", async (t) => {
  const { world, client, face } = serverless(t, { life: true });
  assert.equal(await client.setExpression({ joy: 1 }), true);
  await world.advance(400);
  assert.ok(face.value("mouthSmileLeft") > 0.6);
  let blink = 0;
  await world.advance(12000, () => {
    blink = Math.max(blink, face.value("eyeBlinkLeft"));
  });
  assert.ok(blink > 0.8);
  await assert.rejects(client.setExpression({ hunger: 1 }), { code: "bad_argument" });
});

test("what only a server can do is refused with a reason", async (t) => {
  const { world, client } = serverless(t);
  await assert.rejects(client.speak("Hello."), { code: "no_server" });
  assert.equal((await client.checkConnection()).connected, false);
  assert.deepEqual([world.sockets, world.requests], [[], []]);
});

test("connect() loads the network of a client without a server", async (t) => {
  const { world, client, errors } = serverless(t);
  await client.connect();
  assert.equal(client.getDebugState().network.place, "worker");
  assert.deepEqual([world.sockets, world.requests.length, errors], [[], 1, []]);
  await client.connect();
  assert.equal(world.requests.length, 1);
});

test("connect() rejects with the reason why there is no network", async (t) => {
  const missing = serverless(t, { device: { answer: () => new Response("", { status: 404 }) } });
  await assert.rejects(missing.client.connect(), { code: "network_unavailable", message: /404/ });
  const none = serverless(t, { network: false });
  await assert.rejects(none.client.connect(), { code: "no_server" });
});

test("without a network, loudness moves the mouth at once", async (t) => {
  const { world, client, face, errors } = serverless(t, { network: false, patience: 60000 });
  client.start({ sampleRate: RATE, encoding: "pcm_f32le" }).write(voiceLike(1, RATE));
  await world.advance(300);
  assert.equal(client.getDebugState().rank, "loudness");
  assert.ok(face.value("jawOpen") > 0);
  assert.deepEqual(errors, []);
});

test("while the server animates, the network is loaded but rests", async (t) => {
  const { world, workers, client, id } = await withServer(t);
  world.socket.say(frameMessage(id, 0, new Array(180).fill(0.5)));
  const ranks = record(client, "rank");
  await world.advance(1000);
  assert.deepEqual(
    ranks.map(({ to }) => to),
    ["server"],
  );
  assert.deepEqual(opened(workers), []);
});

test("when the server dies in mid-sentence, the network's frames are there within two ticks", async (t) => {
  const { world, workers, client, face, stream, id } = await withServer(t, 30);
  world.socket.say(frameMessage(id, 0, new Array(150).fill(0.25)));
  await world.advance(4900);
  const ranks = record(client, "rank");
  let last = face.value("jawOpen");
  let jump = 0;
  world.socket.onclose({ code: 1006 });
  let still = 0;
  await world.advance(1500, () => {
    const now = face.value("jawOpen");
    jump = Math.max(jump, Math.abs(now - last));
    still = ranks.length === 0 ? still + 1 : still;
    last = now;
  });
  assert.deepEqual([ranks.map(({ to }) => to), ranks[0].reason], [["network"], "connection lost"]);
  const [{ step, sample }] = opened(workers);
  assert.ok(step > 100 && step <= 150 && sample > 2 * RATE && sample <= 3 * RATE, `${step} ${sample}`);
  assert.ok(jump < 0.1, `${jump}`);
  const weights = animate(voiceLike(30, RATE), RATE);
  const frames = record(client, "frame");
  await world.advance(20);
  const { time } = frames.at(-1);
  assert.ok(Math.abs(face.value("jawOpen") - jawAt(weights, time)) < 0.1);
  stream.cancel();
});

test("frames that run out are replaced within two ticks, without loudness in between", async (t) => {
  const { world, client, id } = await withServer(t, 8);
  world.socket.say(frameMessage(id, 0, new Array(60).fill(0.5)));
  const seen = [];
  client.on("frame", ({ time, rank }) => seen.push({ time, rank }));
  await world.advance(3500);
  const kinds = [...new Set(seen.map(({ rank }) => rank))];
  assert.deepEqual(kinds, ["server", "network"]);
  const first = seen.find(({ rank }) => rank === "network").time;
  // The server's last frame, the patience with a late one, and two ticks.
  assert.ok(first <= 59 / 30 + 0.04 + 3 / 60, `${first}`);
});

test("when the server is back, the network rests again", async (t) => {
  const { world, workers, client, stream, id } = await withServer(t, 6);
  world.socket.say(frameMessage(id, 0, new Array(30).fill(0.5)));
  await world.advance(1500);
  assert.equal(client.getDebugState().rank, "network");
  world.socket.say(frameMessage(id, 30, new Array(300).fill(0.5)));
  for (let i = 0; i < 50; i++) {
    stream.write(voiceLike(0.1, RATE));
    await world.advance(100);
  }
  assert.equal(client.getDebugState().rank, "server");
  assert.equal(workers[0].requests.at(-1).type, "close");
});

test("a server that refuses the utterance for lack of slots is replaced at once", async (t) => {
  const { world, workers, id } = await withServer(t, 6);
  world.socket.say({ type: "error", code: "busy", message: "full", utterance: id, fatal: false });
  assert.equal(opened(workers).length, 1);
});

test("a client whose server has never answered uses the network from the start", async (t) => {
  const { world, options } = worldWithNetwork();
  const client = new Audio2FaceClient("http://server:8000", options);
  t.after(() => client.dispose());
  const stream = client.start({ sampleRate: RATE, encoding: "pcm_f32le" });
  stream.write(voiceLike(3, RATE));
  await until(() => client.getDebugState().network);
  await world.advance(1000);
  assert.equal(client.getDebugState().rank, "network");
});

test("network: true takes the network of the server", async (t) => {
  const { world, options } = worldWithNetwork();
  const client = new Audio2FaceClient("https://server.example/a2f/", { ...options, network: true });
  t.after(() => client.dispose());
  client.start({ sampleRate: RATE, encoding: "pcm_f32le" }).write(voiceLike(1, RATE));
  await settle();
  assert.deepEqual(
    world.requests.map(({ url }) => url),
    ["https://server.example/a2f/network/network.bin"],
  );
  client.configure({ network: false });
});

test("network: true without a server is an error that says what to do", async (t) => {
  const { client, world, errors } = serverless(t, { network: true });
  client.start({ sampleRate: RATE, encoding: "pcm_f32le" }).write(voiceLike(1, RATE));
  await world.advance(300);
  assert.deepEqual(
    errors.map(({ code }) => code),
    ["network_unavailable"],
  );
  assert.match(errors[0].message, /give the address of network\.bin/);
  assert.equal(client.getDebugState().rank, "loudness");
});

test("lipSync: viseme leaves the network out", async (t) => {
  const { world, client } = serverless(t, { lipSync: "viseme" });
  client.start({ sampleRate: RATE, encoding: "pcm_f32le" }).write(voiceLike(1, RATE));
  await world.advance(500);
  assert.equal(client.getDebugState().rank, "loudness");
});

const cut = () => new Response(bytesOf(FILE.subarray(0, 500_000)));
const failures = {
  "is missing": [{ answer: () => new Response("no", { status: 404 }) }, /network\.bin answers 404/],
  "cannot be read, as from another origin": [
    {
      answer: () => {
        throw new TypeError("Failed to fetch");
      },
    },
    /Failed to fetch.*Access-Control-Allow-Origin/,
  ],
  "is cut": [{ answer: cut }, /network\.bin: The network file is cut or damaged/],
  "is a page": [{ answer: () => new Response("<!doctype html>") }, /is not a network/],
  "is too much for the device": [{ stepMs: 153 }, /too slow for the network: 20 ms of audio take 153 ms/],
};
for (const [what, [device, message]] of Object.entries(failures))
  test(`a network that ${what} is reported once, and loudness moves the mouth`, async (t) => {
    const { world, workers, client, face, errors } = serverless(t, { device, patience: 60000 });
    for (let i = 0; i < 2; i++) {
      const stream = client.start({ sampleRate: RATE, encoding: "pcm_f32le" });
      stream.write(voiceLike(1, RATE));
      stream.end();
      await until(() => errors.length > 0);
      let most = 0;
      await world.advance(1500, () => {
        most = Math.max(most, face.value("jawOpen"));
      });
      assert.equal((await stream.done).rank, "loudness");
      assert.ok(most > 0.05);
    }
    assert.deepEqual(
      errors.map(({ code, fatal }) => [code, fatal]),
      [["network_unavailable", false]],
    );
    assert.match(errors[0].message, message);
    assert.ok(workers.every(({ terminated }) => terminated));
  });

test("a download that failed is tried again with the next utterance", async (t) => {
  let calls = 0;
  const answer = () => (calls++ === 0 ? new Response("", { status: 503 }) : new Response(bytesOf(FILE)));
  const { world, client, errors } = serverless(t, { device: { answer } });
  client.start({ sampleRate: RATE, encoding: "pcm_f32le" }).write(voiceLike(1, RATE));
  await until(() => errors.length > 0);
  client.cancel();
  client.start({ sampleRate: RATE, encoding: "pcm_f32le" }).write(voiceLike(1, RATE));
  await until(() => client.getDebugState().network);
  await world.advance(300);
  assert.equal(client.getDebugState().rank, "network");
});

test("twenty clients of a page share one worker, which ends with the last of them", async () => {
  const { world, workers, options } = worldWithNetwork();
  const clients = Array.from({ length: 20 }, () => new Audio2FaceClient(false, options));
  for (const client of clients)
    client.start({ sampleRate: RATE, encoding: "pcm_f32le" }).write(voiceLike(0.5, RATE));
  await until(() => clients.every((client) => client.getDebugState().network));
  await world.advance(200);
  assert.deepEqual(
    clients.map((client) => client.getDebugState().rank),
    new Array(20).fill("network"),
  );
  assert.deepEqual([workers.length, world.requests.length, opened(workers).length], [1, 1, 20]);
  for (const client of clients.slice(1)) client.dispose();
  assert.equal(workers[0].terminated, false);
  assert.equal(workers[0].requests.filter(({ type }) => type === "close").length, 19);
  clients[0].dispose();
  assert.equal(workers[0].terminated, true);
});

test("a tab in the background keeps getting frames: they do not depend on the display", async (t) => {
  const { world, workers, client } = serverless(t);
  const stream = client.start({ sampleRate: RATE, encoding: "pcm_f32le" });
  stream.write(voiceLike(0.2, RATE));
  await until(() => client.getDebugState().network);
  world.platform().cancelAnimationFrame();
  for (let i = 0; i < 10; i++) {
    stream.write(voiceLike(0.1, RATE));
    await settle();
  }
  assert.equal(workers[0].requests.filter(({ type }) => type === "write").length, 11);
  await world.advance(100);
  client.update();
  assert.equal(client.getDebugState().rank, "network");
});

for (const [name, network] of Object.entries({
  "an empty address": "",
  "a number": 1,
  "an object with another type": { url: 7 },
}))
  test(`the setting network refuses ${name}`, () => {
    assert.throws(() => new Audio2FaceClient(null, { network }), {
      code: "bad_argument",
      message: /network must be true, false/,
    });
  });
