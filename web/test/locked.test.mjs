// What happens if speech starts before the visitor has clicked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Audio2FaceClient } from "../src/client.js";
import { RATE, tone } from "./support/streaming.mjs";
import { record, World } from "./support/world.mjs";

/** A page whose audio is locked; `click` unlocks it. Warnings of the console are collected. */
function lockedPage(t) {
  const world = new World();
  world.locked = true;
  const document = new EventTarget();
  document.createElement = () => world.element();
  const { AudioContext, ...platform } = world.platform();
  class Suspended extends AudioContext {
    state = "suspended";
  }
  const client = new Audio2FaceClient("http://server", { ...platform, AudioContext: Suspended, document });
  const warn = t.mock.method(console, "warn", () => {});
  const click = () => {
    world.locked = false;
    document.dispatchEvent(new Event("pointerdown"));
  };
  return { world, client, click, warnings: warn.mock, errors: record(client, "error") };
}

const locks = (errors) => errors.filter(({ code }) => code === "audio_locked");

function write(client) {
  const utterance = client.start({ sampleRate: RATE });
  utterance.write(tone(0.3));
  utterance.end();
  return utterance.done;
}

test("one event and one warning say that a click is needed, however much is waiting", async (t) => {
  const { world, client, errors, warnings } = lockedPage(t);
  void write(client);
  void write(client);
  void client.processAndAnimate(new Blob(["a"]), world.element());
  await world.advance(3000);
  assert.equal(locks(errors).length, 1);
  assert.match(locks(errors)[0].message, /click handler/);
  assert.equal(warnings.callCount(), 1);
  assert.match(warnings.calls[0].arguments[0], /clicks or presses a key/);
});

test("after the click everything is played, and nothing more is said", async (t) => {
  const { world, client, click, errors, warnings } = lockedPage(t);
  const both = [write(client), write(client)];
  await world.advance(1500);
  click();
  await world.advance(3000);
  for (const { cancelled, heard } of await Promise.all(both)) {
    assert.equal(cancelled, false);
    assert.ok(Math.abs(heard - 0.3) < 1e-9);
  }
  assert.equal(locks(errors).length, 1);
  assert.equal(warnings.callCount(), 1);
});

test("an element and a microphone give the same warning", async (t) => {
  for (const begin of [
    (client, world) => client.processAndAnimate(new Blob(["a"]), world.element()),
    (client) => client.listen({ getAudioTracks: () => [{}] }),
  ]) {
    const { world, client, errors } = lockedPage(t);
    void begin(client, world);
    await world.advance(1500);
    assert.equal(locks(errors).length, 1);
  }
});

test("a browser that locks audio again is reported again", async (t) => {
  const { world, client, click, errors } = lockedPage(t);
  void client.processAndAnimate(new Blob(["a"]), world.element());
  await world.advance(500);
  click();
  await world.advance(2000);
  world.locked = true;
  void client.processAndAnimate(new Blob(["a"]), world.element());
  await world.advance(1000);
  assert.equal(locks(errors).length, 2);
});
