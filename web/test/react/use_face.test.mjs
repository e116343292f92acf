import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { BLENDSHAPES } from "../../src/arkit.js";
import { act, mountHook, unmountAll } from "../support/react.mjs";
import { frameMessage, mesh, settle, World } from "../support/world.mjs";

const { useFace } = await import("../../src/react/index.js");

afterEach(unmountAll);

/** Mounts the hook with a simulated browser. Options may change with `held.change`. */
async function faceIn(options = {}, settings) {
  const world = new World();
  const platform = world.platform();
  const held = await mountHook(useFace, { serverUrl: "http://server", ...platform, ...options }, settings);
  const change = (changed) => held.render({ serverUrl: "http://server", ...platform, ...changed });
  return Object.assign(held, { world, change });
}

/** Lets the client speak one second of PCM, of which the server sends frames. */
async function speak({ world, result }) {
  let stream;
  await act(async () => {
    stream = result.client.start({ sampleRate: 16000 });
    stream.write(new Int16Array(16000).fill(9000));
    await settle();
    world.socket.welcome();
    world.socket.say(frameMessage(world.socket.started(), 0, new Array(30).fill(0.6)));
    await world.advance(300);
  });
  return stream;
}

test("the first render has no client, the next one has", async () => {
  const seen = [];
  await mountHook((options) => seen.push(useFace(options).client), { ...new World().platform() });
  assert.equal(seen[0], null);
  assert.ok(seen.at(-1));
});

test("StrictMode leaves one client, one socket and one AudioContext", async () => {
  const held = await faceIn();
  await speak(held);
  assert.equal(held.world.sockets.length, 1);
  assert.deepEqual(
    held.world.contexts.map(({ closed }) => closed),
    [false],
  );
});

test("speaking, source and connection are state", async () => {
  const held = await faceIn();
  assert.deepEqual(
    [held.result.speaking, held.result.rank, held.result.connection, held.result.error],
    [false, "neutral", "idle", null],
  );
  const stream = await speak(held);
  assert.deepEqual(
    [held.result.speaking, held.result.rank, held.result.connection],
    [true, "server", "ready"],
  );
  await act(async () => {
    stream.end();
    await held.world.advance(1500);
  });
  assert.deepEqual([held.result.speaking, held.result.rank], [false, "neutral"]);
});

test("an error is state until something is spoken", async () => {
  const held = await faceIn({ serverUrl: false });
  await act(() => held.result.client.speak("Hello").catch(() => {}));
  assert.equal(held.result.error.code, "no_server");
  await act(async () => {
    held.result.client.start({ sampleRate: 16000 }).write(new Int16Array(16000).fill(9000));
    await held.world.advance(600);
  });
  assert.equal(held.result.error, null);
});

test("options that are equal change nothing, even if they are written inline", async () => {
  const held = await faceIn({ life: { head: false }, gain: { jawOpen: 1.2 }, getToken: () => "a" });
  const { client } = held.result;
  const configured = [];
  client.configure = (changes) => configured.push(changes);
  const { renders } = held;
  await held.change({ life: { head: false }, gain: { jawOpen: 1.2 }, getToken: () => "b" });
  assert.deepEqual(configured, []);
  assert.equal(held.result.client, client);
  assert.ok(held.renders <= renders + 2, "one render of StrictMode");
});

test("a changed option is applied to the same client, in mid-sentence", async () => {
  const held = await faceIn({ intensity: 1 });
  const stream = await speak(held);
  const { client } = held.result;
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  await held.change({ intensity: 0.5 });
  await act(() => held.world.advance(200));
  assert.equal(held.result.client, client);
  assert.ok(Math.abs(face.value("mouthFunnel") - 0.3) < 0.02, `${face.value("mouthFunnel")}`);
  assert.equal(held.world.sockets.length, 1);
  await act(async () => stream.cancel());
});

test("an option that is left out gets its default again", async () => {
  const held = await faceIn({ intensity: 2, emotions: { joy: 1 }, fps: 60 });
  const configured = [];
  const { client } = held.result;
  client.configure = (changes) => configured.push(changes);
  await held.change({});
  assert.deepEqual(configured, [{ intensity: 1, emotions: null, fps: null }]);
});

test("another server is connected to without another client", async () => {
  const held = await faceIn();
  const { client } = held.result;
  await speak(held);
  await held.change({ serverUrl: "http://other" });
  assert.equal(held.world.sockets[0].readyState, 3);
  await act(async () => {
    client.cancel();
    client.start({ sampleRate: 16000 }).write(new Int16Array(1600));
    await settle();
  });
  assert.match(held.world.socket.url, /^ws:\/\/other/);
  assert.equal(held.result.client, client);
});

test("the latest getToken is called", async () => {
  const called = [];
  const getToken = (name) => () => {
    called.push(name);
    return "token";
  };
  const held = await faceIn({ getToken: getToken("first") });
  await held.change({ getToken: getToken("second") });
  await act(async () => {
    held.result.client.start({ sampleRate: 16000 }).write(new Int16Array(1600));
    await settle();
  });
  assert.deepEqual(called, ["second"]);
});

test("unmounting in mid-sentence frees everything", async () => {
  const held = await faceIn({ life: true });
  const stream = await speak(held);
  await held.unmount();
  assert.equal((await stream.done).cancelled, true);
  assert.equal(held.world.socket.readyState, 3);
  assert.equal(held.world.contexts[0].closed, true);
  await held.world.advance(1000);
  assert.deepEqual([held.world.pendingFrames, held.world.pendingTimers], [0, 0]);
});

test("each mount has its own client", async () => {
  const [one, two] = [await faceIn(), await faceIn()];
  assert.notEqual(one.result.client, two.result.client);
  await one.unmount();
  assert.equal(two.result.client.getDebugState().connection, "idle");
});

test("idle animation stands still for visitors who prefer reduced motion", async () => {
  const matchMedia = () => ({ matches: true, addEventListener() {}, removeEventListener() {} });
  const held = await faceIn({ life: true, matchMedia });
  const face = mesh(BLENDSHAPES);
  held.result.client.initializeWithScene(face);
  let most = 0;
  await held.world.advance(8000, () => {
    most = Math.max(most, face.value("eyeBlinkLeft"));
  });
  assert.equal(most, 0);
  assert.equal(held.world.pendingFrames, 0);
});
