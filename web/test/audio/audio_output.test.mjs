import assert from "node:assert/strict";
import { test } from "node:test";
import { AudioOutput } from "../../src/audio/audio_output.js";
import { platformWith } from "../../src/platform.js";
import { settle, World } from "../support/world.mjs";

function output() {
  const world = new World();
  const document = new EventTarget();
  const window = new EventTarget();
  const log = [];
  const made = new AudioOutput(
    { ...platformWith(world.platform()), document, window },
    {
      onInterrupted: () => log.push("interrupted"),
      onResumed: () => log.push("resumed"),
      onLocked: () => log.push("locked"),
      onBlocked: (own) => log.push(own ? "blocked" : "blocked, app's"),
    },
  );
  return { world, document, window, made, log };
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

test("however much waits for a gesture, it is said once until then", () => {
  const { document, made, log } = output();
  for (let i = 0; i < 2; i++) {
    made.whenUnlocked(() => log.push("retry"));
    made.whenUnlocked(() => log.push("retry"));
    document.dispatchEvent(new Event("keydown"));
  }
  assert.deepEqual(log, ["locked", "retry", "retry", "locked", "retry", "retry"]);
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

for (const state of ["interrupted", "suspended"]) {
  test(`a gesture resumes a context that is ${state}, every time`, async () => {
    const { world, document, made, log } = output();
    const { context } = made;
    await made.unlock();
    for (let i = 0; i < 3; i++) {
      world.locked = true;
      context.become(state);
      await world.advance(400);
      world.locked = false;
      document.dispatchEvent(new Event("pointerdown"));
      await settle();
      assert.equal(context.state, "running");
    }
    assert.deepEqual(log, ["interrupted", "blocked", "resumed", ...log.slice(0, 3), ...log.slice(0, 3)]);
  });
}

test("an interruption that the browser lets go needs no gesture", async () => {
  const { world, made, log } = output();
  await made.unlock();
  made.context.become("suspended");
  await world.advance(400);
  assert.deepEqual([made.context.state, log], ["running", ["interrupted", "resumed"]]);
});

test("a page that is shown again resumes an interrupted context", async () => {
  const { world, window, made } = output();
  await made.unlock();
  world.locked = true;
  made.context.become("interrupted");
  world.locked = false;
  window.dispatchEvent(new Event("pageshow"));
  await settle();
  assert.equal(made.context.state, "running");
});

test("a context that the app suspends, to pause, is left to the app", async () => {
  const { world, document, made, log } = output();
  const own = new (world.platform().AudioContext)();
  made.setContext(own);
  own.become("suspended");
  document.dispatchEvent(new Event("keydown"));
  await world.advance(400);
  assert.deepEqual([own.state, log], ["suspended", ["interrupted", "blocked, app's"]]);
  await made.unlock();
  assert.deepEqual([own.state, log.at(-1)], ["running", "resumed"]);
  own.become("interrupted");
  document.dispatchEvent(new Event("keydown"));
  await settle();
  assert.equal(own.state, "running");
});

test("a closed context of the app is reported", () => {
  const { made } = output();
  made.setContext({ state: "closed" });
  assert.throws(() => made.context, { code: "playback_failed" });
});
