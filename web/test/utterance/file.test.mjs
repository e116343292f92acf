// What happens to a file, depending on who can decode and play it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connected, jaws } from "../support/streaming.mjs";
import { frameMessage, record, settle } from "../support/world.mjs";

const AIFF = new Blob(["FORM....AIFF"]);

/** Sends a file that the server refuses; `decodes`: whether the browser can decode it. */
async function refused(code, { decodes = true, broken = false, options = {} } = {}) {
  const parts = await connected(options);
  const { world, client } = parts;
  const log = record(client, "error");
  if (!decodes) world.decoded = null;
  const element = world.element();
  const outcome = client.processAndAnimate(AIFF, element);
  outcome.catch(() => {});
  await settle();
  world.socket.welcome();
  const { utterance } = world.socket.last("start");
  if (broken) element.error = { code: 4 };
  world.socket.say({ type: "error", code, message: "no", utterance, fatal: false });
  await settle();
  return { ...parts, log, outcome };
}

test("what the server cannot decode is decoded by the browser, without an error", async () => {
  for (const code of ["unsupported_audio", "bad_audio"]) {
    const { world, log, outcome } = await refused(code);
    const again = world.socket.started();
    world.socket.say(frameMessage(again, 0, jaws(30)));
    world.socket.say({ type: "end", utterance: again, frames: 30, duration: 1 });
    await world.advance(1500);
    assert.deepEqual(log, []);
    const { rank, decodedBy } = await outcome;
    assert.deepEqual([rank, decodedBy], ["server", "browser"]);
  }
});

test("the same over HTTP", async () => {
  for (const [status, code] of [
    [400, "bad_audio"],
    [415, "unsupported_audio"],
  ]) {
    const { world, client } = await connected({ useWebSocket: false });
    const log = record(client, "error");
    const animation = { fps: 30, blendshapes: ["jawOpen"], weights: new Array(30).fill([0.6]) };
    world.answer = (_, { headers }) =>
      headers["Content-Type"] === "audio/wav"
        ? Response.json(animation)
        : Response.json({ type: "error", code, message: "no" }, { status });
    const outcome = client.processAndAnimate(AIFF, world.element());
    await world.advance(1500);
    assert.deepEqual(log, []);
    assert.equal((await outcome).decodedBy, "browser");
  }
});

test("the outcome tells that the server decoded a file, or that nobody had to", async () => {
  const { world, client } = await connected();
  const file = client.processAndAnimate(AIFF, world.element());
  await settle();
  world.socket.welcome();
  world.socket.say(frameMessage(world.socket.started(), 0, jaws(30)));
  await world.advance(1500);
  assert.equal((await file).decodedBy, "server");
  const warned = client.processAndAnimate(AIFF, world.element());
  await settle();
  world.socket.say({
    type: "end",
    utterance: world.socket.started(),
    frames: 0,
    duration: 2,
    warning: "they cancel",
  });
  await world.advance(2500);
  assert.equal((await warned).warning, "they cancel");
  const silent = client.processAndAnimate(AIFF, world.element());
  await world.advance(2500);
  assert.equal((await silent).decodedBy, null, "there were no frames");
});

test("if nobody can decode it, one error names the format", async () => {
  const { world, log, outcome } = await refused("unsupported_audio", { decodes: false, broken: true });
  await world.advance(500);
  await assert.rejects(outcome, { code: "bad_audio", message: /Its format is AIFF/ });
  assert.deepEqual(
    log.map(({ code }) => code),
    ["bad_audio"],
  );
});

test("what only the element can play is played with the error as an event", async () => {
  const { world, log, outcome } = await refused("bad_audio", { decodes: false });
  await world.advance(1500);
  const { rank, decodedBy } = await outcome;
  assert.deepEqual([rank, decodedBy], ["neutral", null]);
  assert.equal(log.length, 1);
});

test("a file that only the element cannot play is named, too", async () => {
  const { world, client } = await connected();
  const log = record(client, "error");
  const element = world.element();
  const outcome = client.processAndAnimate(AIFF, element);
  outcome.catch(() => {});
  await settle();
  world.socket.welcome();
  world.socket.say(frameMessage(world.socket.started(), 0, jaws(30)));
  await world.advance(100);
  element.fail();
  await assert.rejects(outcome, { code: "playback_failed", message: /AIFF/ });
  assert.equal(log.length, 1);
});

test("nothing is reported after cancel", async () => {
  const { world, client } = await connected();
  const log = record(client, "error");
  world.decoded = null;
  const outcome = client.processAndAnimate(AIFF, world.element());
  await settle();
  world.socket.welcome();
  const { utterance } = world.socket.last("start");
  world.socket.say({ type: "error", code: "bad_audio", message: "no", utterance, fatal: false });
  client.cancel();
  await world.advance(500);
  assert.equal((await outcome).cancelled, true);
  assert.deepEqual(log, []);
});
