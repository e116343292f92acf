import assert from "node:assert/strict";
import { test } from "node:test";
import { AudioOutput } from "../../src/audio/audio_output.js";
import { platformWith } from "../../src/platform.js";
import { settle, World } from "../support/world.mjs";

function output() {
  const world = new World();
  const document = new EventTarget();
  const made = new AudioOutput({ ...platformWith(world.platform()), document });
  return { world, document, made };
}

test("no context is created before it is needed", () => assert.equal(output().world.contexts.length, 0));

test("the first gesture unlocks audio", async () => {
  for (const gesture of ["pointerdown", "keydown", "touchend"]) {
    const { world, document, made } = output();
    world.locked = true;
    made.context.state = "suspended";
    world.locked = false;
    document.dispatchEvent(new Event(gesture));
    await settle();
    assert.equal(made.context.state, "running");
  }
});

test("a waiting callback is called once", async () => {
  const { document, made } = output();
  let told = 0;
  made.whenUnlocked(() => told++);
  document.dispatchEvent(new Event("keydown"));
  document.dispatchEvent(new Event("keydown"));
  assert.equal(told, 1);
});

test("after dispose gestures are ignored and its own context is closed", () => {
  const { world, document, made } = output();
  void made.context;
  made.dispose();
  document.dispatchEvent(new Event("keydown"));
  assert.equal(world.contexts.length, 1);
  assert.equal(world.contexts[0].closed, true);
});

test("a context of the app is used and left open", () => {
  const { world, made } = output();
  const own = { state: "running", closed: false };
  made.setContext(own);
  assert.equal(made.context, own);
  made.dispose();
  assert.equal(own.closed, false);
  assert.equal(world.contexts.length, 0);
});

test("a browser without AudioContext is reported", () => {
  const made = new AudioOutput({ ...platformWith({}), AudioContext: undefined, document: undefined });
  assert.throws(() => made.context, { code: "playback_failed" });
});
