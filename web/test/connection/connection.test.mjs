import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../../src/connection/connection.js";
import { platformWith } from "../../src/platform.js";
import { settle, World } from "../support/world.mjs";

function connection(settings = {}, surroundings = {}) {
  const world = new World();
  const states = [];
  const errors = [];
  const all = { serverUrl: "http://server:8000/a2f", apiToken: null, getToken: null, ...settings };
  const made = new Connection(platformWith({ ...world.platform(), ...surroundings }), () => all, {
    onState: (state) => states.push(state),
    onError: (error) => errors.push(error.code),
  });
  return { world, made, states, errors, settings: all };
}

async function ready(settings, surroundings) {
  const parts = connection(settings, surroundings);
  parts.made.connect();
  await settle();
  parts.world.socket.welcome();
  return parts;
}

test("it offers the protocol at the server's path", async () => {
  const { world, states } = await ready();
  assert.equal(world.socket.url, "ws://server:8000/a2f/ws");
  assert.deepEqual(world.socket.protocols, ["a2f.v1"]);
  assert.deepEqual(states, ["connecting", "ready"]);
});

test("a token is requested before every connection", async () => {
  let asked = 0;
  const { world } = await ready({ getToken: async () => `t${++asked}` });
  assert.equal(world.socket.protocols[1], `a2f.bearer.${Buffer.from("t1").toString("base64url")}`);
  world.socket.drop();
  await world.advance(600);
  assert.equal(world.socket.protocols[1], `a2f.bearer.${Buffer.from("t2").toString("base64url")}`);
});

test("an unavailable token is an error, retried on the next request", async () => {
  const { world, made, errors } = connection({ getToken: () => Promise.reject(new Error("403")) });
  made.connect();
  await settle();
  assert.equal(made.state, "failed");
  assert.deepEqual(errors, ["connection_failed"]);
  assert.equal(world.sockets.length, 0);
  made.connect();
  assert.equal(made.state, "connecting");
});

test("a temporarily unavailable token is retried, on a switch and after a lost connection", async () => {
  let troubles = 0;
  const getToken = async () => {
    if (troubles-- > 0) throw new Error("503");
    return "t";
  };
  for (const leave of [(made) => made.switchServer(), (_, socket) => socket.drop()]) {
    const { world, made, states, errors } = await ready({ getToken });
    troubles = 2;
    leave(made, world.socket);
    await world.advance(8000);
    world.socket.welcome();
    assert.equal(world.sockets.length, 2);
    assert.equal(errors.length, 1, "said once");
    assert.deepEqual([states.includes("failed"), states.at(-1)], [false, "ready"]);
  }
});

test("connecting twice opens one socket", async () => {
  const { world, made } = await ready();
  made.connect();
  await settle();
  assert.equal(world.sockets.length, 1);
});

test("it reconnects with growing delays, and reports once", async () => {
  const { world, made, errors } = await ready();
  const at = [];
  world.socket.drop();
  for (let i = 0; i < 4; i++) {
    const before = world.time;
    const count = world.sockets.length;
    while (world.sockets.length === count) await world.advance(50);
    at.push(world.time - before);
    world.socket.drop();
  }
  for (let i = 1; i < at.length; i++) assert.ok(at[i] >= at[i - 1] * 1.7, `${at}`);
  assert.deepEqual(errors, ["connection_lost"]);
  assert.equal(made.state, "waiting");
});

test("a server that accepts and drops connections is not hammered", async () => {
  const { world } = await ready();
  world.socket.drop();
  for (let i = 0; i < 200; i++) {
    await world.advance(50);
    if (world.socket.readyState === 0) {
      world.socket.welcome();
      world.socket.drop();
    }
  }
  assert.ok(world.sockets.length <= 6, `${world.sockets.length}`);
});

test("a full server is retried later", async () => {
  const { world, made, errors } = connection();
  made.connect();
  await settle();
  world.socket.say({ type: "error", code: "busy", message: "full", fatal: true });
  world.socket.drop(1013);
  assert.deepEqual(errors, ["busy"]);
  assert.equal(made.state, "waiting");
  await world.advance(600);
  world.socket.welcome();
  assert.equal(made.state, "ready");
});

test("a server that refuses access is not retried automatically", async () => {
  const { world, made, errors } = connection();
  made.connect();
  await settle();
  world.socket.say({ type: "error", code: "unauthorized", message: "no", fatal: true });
  world.socket.drop(1008);
  await world.advance(60000);
  assert.equal(world.sockets.length, 1);
  assert.equal(made.state, "failed");
  assert.deepEqual(errors, ["unauthorized"]);
});

test("pings keep the connection open, and missing answers end it", async () => {
  const { world, made } = await ready();
  await world.advance(16000);
  assert.equal(world.socket.last("ping").type, "ping");
  world.socket.say({ type: "pong" });
  await world.advance(30000);
  assert.equal(made.state, "ready");
  await world.advance(15500);
  assert.equal(world.sockets.length, 2);
});

test("a socket that never opens is abandoned", async () => {
  const { world, made, errors } = connection();
  made.connect();
  await settle();
  await world.advance(60500);
  assert.deepEqual(errors, ["connection_failed"]);
  assert.notEqual(made.state, "ready");
});

test("an error that refuses no utterance is one of the connection", async () => {
  const { world, made, errors } = await ready();
  world.socket.say({ type: "error", code: "bad_state", message: "belongs to nothing", fatal: false });
  assert.deepEqual([errors, made.failure], [[], null], "an answer to audio sent after a refusal");
  world.socket.say({ type: "error", code: "timeout", message: "idle", fatal: true });
  assert.deepEqual([errors, made.failure?.code], [["timeout"], "timeout"]);
});

test("a fatal refusal is reported by its utterance only", async () => {
  const { world, made, errors } = await ready();
  const heard = [];
  const id = made.utterances.add({ onMessage: ({ code }) => heard.push(code), onFrames() {} });
  const refusal = { type: "error", code: "bad_message", message: "no such profile" };
  world.socket.say({ ...refusal, utterance: id, fatal: true });
  world.socket.drop(1008);
  assert.deepEqual([heard, errors, made.state], [["bad_message"], [], "waiting"]);
});

/** Returns a platform with a page and a network whose events tests dispatch. */
function page() {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  return { window, document };
}

for (const [what, dispatch] of [
  ["the network changes", ({ window }) => window.dispatchEvent(new Event("online"))],
  ["the network is lost", ({ window }) => window.dispatchEvent(new Event("offline"))],
  ["the page is shown", ({ document }) => document.dispatchEvent(new Event("visibilitychange"))],
]) {
  test(`when ${what}, a dead socket is noticed within seconds, each time`, async () => {
    const surroundings = page();
    const { world, made } = await ready({}, surroundings);
    for (let round = 1; round <= 3; round++) {
      dispatch(surroundings);
      await world.advance(5100);
      assert.equal(made.state, "waiting");
      dispatch(surroundings);
      await settle();
      world.socket.welcome();
      assert.deepEqual([made.state, world.sockets.length], ["ready", round + 1]);
      dispatch(surroundings);
      world.socket.say({ type: "pong" });
      await world.advance(5100);
      assert.equal(made.state, "ready", "a live one is kept");
    }
  });
}

test("back online, a retry does not wait", async () => {
  const surroundings = page();
  const { world, made } = await ready({}, surroundings);
  for (let i = 0; i < 5; i++) {
    world.socket.drop();
    await world.advance(20_000);
  }
  world.socket.drop();
  const before = world.sockets.length;
  surroundings.window.dispatchEvent(new Event("online"));
  await settle();
  assert.deepEqual([made.state, world.sockets.length], ["connecting", before + 1]);
});

test("a page that is left closes its socket, and opens one when it is shown again", async () => {
  const surroundings = page();
  const { world, made, errors } = await ready({}, surroundings);
  for (let round = 1; round <= 2; round++) {
    surroundings.window.dispatchEvent(new Event("pagehide"));
    assert.equal(world.socket.readyState, 3);
    await world.advance(60_000);
    assert.equal(world.sockets.length, round);
    surroundings.window.dispatchEvent(new Event("pageshow"));
    await settle();
    world.socket.welcome();
    assert.equal(made.state, "ready");
  }
  assert.deepEqual(errors, []);
});

test("a connection switches servers only if nothing is open, and silently", async () => {
  const { world, made, states } = await ready();
  const told = [];
  made.watchers.add((up) => told.push(up));
  const id = made.utterances.add({ onMessage() {}, onFrames() {} });
  assert.equal(made.switchServer(), false);
  made.utterances.remove(id);
  const [old] = world.sockets;
  assert.equal(made.switchServer(), true);
  assert.equal(made.switchServer(), false);
  await settle();
  old.drop(1013);
  world.socket.welcome();
  assert.deepEqual([old.readyState, world.sockets.length, told], [3, 2, [true]]);
  assert.deepEqual(states, ["connecting", "ready", "connecting", "ready"]);
});

test("an unreadable message is an error, and the socket stays open", async () => {
  const { world, made, errors } = await ready();
  world.socket.onmessage({ data: "{" });
  world.socket.onmessage({ data: new ArrayBuffer(3) });
  assert.deepEqual(errors, ["bad_message", "bad_message"]);
  assert.equal(made.state, "ready");
});

test("ids increase across connections", async () => {
  const { world, made } = await ready();
  const before = made.utterances.add({ onMessage() {}, onFrames() {} });
  world.socket.drop();
  await world.advance(600);
  world.socket.welcome();
  assert.ok(made.utterances.add({ onMessage() {}, onFrames() {} }) > before);
});

test("closing leaves nothing behind", async () => {
  const { world, made } = await ready();
  const socket = world.socket;
  made.close();
  assert.equal(socket.readyState, 3);
  assert.equal(world.pendingTimers, 0);
  socket.drop();
  await world.advance(5000);
  assert.equal(world.sockets.length, 1);
});

test("a WebSocket that the browser blocks is an error", async () => {
  const { made, errors } = connection({ serverUrl: "not an address" });
  made.connect();
  await settle();
  assert.deepEqual(errors, ["bad_argument"]);
});

test("a connection can be awaited: it is ready, or the reason is given", async () => {
  const { world, made } = connection();
  const first = made.whenReady();
  await settle();
  world.socket.welcome();
  await first;
  await made.whenReady();
  assert.equal(world.sockets.length, 1);
});

test("a refusal rejects with its code and reason, and the next attempt connects again", async () => {
  for (const reason of ["missing", "wrong", "expired", "origin"]) {
    const { world, made } = connection();
    const refused = assert.rejects(made.whenReady(), { code: "unauthorized", reason });
    await settle();
    world.socket.say({ type: "error", code: "unauthorized", message: "no", reason, fatal: true });
    world.socket.drop(1008);
    await refused;
    const again = made.whenReady();
    await settle();
    world.socket.welcome();
    await again;
  }
});

test("an unreachable server, a missing address and closing reject, too", async () => {
  const { world, made } = connection();
  const unreachable = assert.rejects(made.whenReady(), { code: "connection_failed" });
  await settle();
  world.socket.drop();
  await unreachable;
  const closed = assert.rejects(made.whenReady(), { code: "connection_failed" });
  await settle();
  made.close();
  await closed;
  const nowhere = connection({ serverUrl: null });
  await assert.rejects(nowhere.made.whenReady(), { code: "no_server" });
});
