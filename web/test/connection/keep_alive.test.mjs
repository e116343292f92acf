import assert from "node:assert/strict";
import { test } from "node:test";
import { KeepAlive } from "../../src/connection/keep_alive.js";
import { World } from "../support/world.mjs";

/** Returns a started KeepAlive, and the log of what it calls. */
function started() {
  const world = new World();
  const socket = { bufferedAmount: 0 };
  const log = [];
  const made = new KeepAlive(world.platform(), socket, {
    ping: () => log.push("ping"),
    onKept: () => log.push("kept"),
    onLost: () => log.push("lost"),
  });
  made.start();
  return { world, socket, made, log };
}

test("pings keep the connection, and two unanswered ones mean that it is lost", async () => {
  const { world, made, log } = started();
  await world.advance(15_100);
  made.onMessage();
  await world.advance(30_000);
  assert.deepEqual(log, ["kept", "ping", "kept", "ping", "kept", "ping"]);
  await world.advance(15_000);
  assert.deepEqual(log.slice(6), ["lost"]);
});

test("a check gives the server seconds, and is made once at a time", async () => {
  const { world, made, log } = started();
  made.check();
  made.check();
  await world.advance(4900);
  assert.deepEqual(log, ["ping"]);
  await world.advance(200);
  assert.deepEqual(log, ["ping", "lost"]);
});

test("a check that is answered ends nothing", async () => {
  const { world, made, log } = started();
  made.check();
  made.onMessage();
  await world.advance(5100);
  assert.deepEqual(log, ["ping"]);
});

test("a slow upload is not mistaken for a dead socket, one that stands still is", async () => {
  const { world, socket, log } = started();
  for (let left = 100; left > 90; left--) {
    socket.bufferedAmount = left;
    await world.advance(15_000);
  }
  assert.ok(!log.includes("lost"));
  await world.advance(15_000);
  assert.equal(log.at(-1), "lost");
});

test("once stopped, it leaves no timer behind", () => {
  const { world, made } = started();
  made.check();
  made.stop();
  assert.equal(world.pendingTimers, 0);
});
