import assert from "node:assert/strict";
import { test } from "node:test";
import { Audio2FaceClient } from "../src/client.js";
import { A2FError, errorEvent, serverError } from "../src/errors.js";
import { FALLBACK } from "../src/fallback.js";
import { record, settle, World } from "./support/world.mjs";

async function connected() {
  const world = new World();
  const client = new Audio2FaceClient("http://server:8000", world.platform());
  const log = record(client, "error");
  const utterance = client.start({ sampleRate: 16000, audio: () => 0 });
  await settle();
  return { world, client, log, utterance };
}

test("the event of a refused connection has the reason", async () => {
  const { world, log } = await connected();
  const refusal = { type: "error", code: "busy", message: "Shutting down.", fatal: true, reason: "draining" };
  world.socket.say(refusal);
  world.socket.drop(1013);
  const { type, ...wanted } = refusal;
  assert.deepEqual(log, [{ event: "error", ...wanted }]);
});

test("an error without a reason has none", async () => {
  const { world, log } = await connected();
  world.socket.say({ type: "error", code: "busy", message: "Full.", fatal: true });
  assert.deepEqual(log, [{ event: "error", code: "busy", message: "Full.", fatal: true }]);
});

test("the reason of an utterance's error is in the event and on the rejected error", async () => {
  const world = new World();
  const client = new Audio2FaceClient("http://server:8000", world.platform());
  const log = record(client, "error");
  const spoken = client.speak("Hello");
  const refused = assert.rejects(spoken, { code: "busy", reason: "quota" });
  await settle();
  world.socket.welcome();
  for (let i = 0; i < 4; i++) {
    const { utterance } = world.socket.last("speak");
    world.socket.say({
      type: "error",
      utterance,
      code: "busy",
      message: "Wait.",
      fatal: false,
      reason: "quota",
    });
    await world.advance(5000);
    if (world.socket.readyState !== 1) world.socket.welcome();
  }
  await refused;
  assert.equal(log.at(-1).reason, "quota");
});

test("a reason that is not a string is ignored", () => {
  assert.equal(serverError({ code: "busy", message: "Full.", reason: { slots: 4 } }).reason, undefined);
  assert.equal(serverError({ code: "busy", message: "Full.", reason: "full" }).reason, "full");
});

test("the payload of an error event has code, message, fatal and reason", () => {
  const error = new A2FError("busy", "Full.", { reason: "full" });
  assert.deepEqual(errorEvent(error), { code: "busy", message: "Full.", fatal: false, reason: "full" });
});

test("the reasons of the rank event keep their wording", () => {
  assert.deepEqual(Object.values(FALLBACK), [
    "waiting for frames",
    "frames late",
    "frames are there",
    "no connection",
    "connection lost",
    "no server",
    "server busy",
    "audio stalled",
    "cancelled",
    "utterance over",
  ]);
});
