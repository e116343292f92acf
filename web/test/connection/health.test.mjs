import assert from "node:assert/strict";
import { test } from "node:test";
import { Audio2FaceClient } from "../../src/client.js";
import { settle, World } from "../support/world.mjs";

function client(answer) {
  const world = new World();
  world.answer = answer;
  return { world, made: new Audio2FaceClient("ws://server:8000/a2f", world.platform()) };
}

test("a healthy server is connected, with its response", async () => {
  const { world, made } = client(() => Response.json({ status: "healthy", mode: "mock" }));
  assert.deepEqual(await made.checkConnection(), { connected: true, status: "healthy", mode: "mock" });
  assert.equal(world.requests[0].url, "http://server:8000/a2f/health");
});

test("a loading server is not connected yet", async () => {
  const { made } = client(() => Response.json({ status: "loading" }, { status: 503 }));
  assert.deepEqual(await made.checkConnection(), { connected: false, status: "loading" });
});

test("a missing server, or one that does not answer with JSON, never throws", async () => {
  const refused = client(() => Promise.reject(new Error("refused")));
  const state = await refused.made.checkConnection();
  assert.equal(state.connected, false);
  assert.match(state.error, /refused/);
  const proxy = client(() => new Response("<html>", { status: 502 }));
  assert.deepEqual(await proxy.made.checkConnection(), { connected: false });
});

test("a request without an answer is aborted", async () => {
  const silent = (_url, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
  const { world, made } = client(silent);
  const state = made.checkConnection();
  await settle();
  await world.advance(5100);
  assert.match((await state).error, /no answer in 5 s/);
});

test("a missing address is reported", async () => {
  const made = new Audio2FaceClient(null, new World().platform());
  assert.match((await made.checkConnection()).error, /configure/);
});
