import assert from "node:assert/strict";
import { test } from "node:test";
import { ElementSink } from "../../src/audio/element_sink.js";
import { settle, World } from "../support/world.mjs";

function voice(options) {
  const world = new World();
  const element = world.element(options);
  const calls = [];
  const waiting = [];
  const output = { whenUnlocked: (retry) => waiting.push(retry) };
  const made = new ElementSink(element, output, () => calls.push("change"));
  return { world, element, made, calls, waiting };
}

/** Returns the error of the sink's position after each tick. */
async function skews({ world, element, made }, ms) {
  const found = [];
  await world.advance(ms, () => found.push(Math.abs(made.time(world.time) - element.heard)));
  return found.sort((a, b) => a - b);
}

test("it plays the element and follows it", async () => {
  const parts = voice({ duration: 9 });
  parts.made.start();
  assert.ok((await skews(parts, 2000)).at(-1) < 0.001);
});

test("it follows an element whose currentTime is coarse", async () => {
  const parts = voice({ duration: 9, step: 0.04 });
  parts.made.start();
  await skews(parts, 300);
  const found = await skews(parts, 5000);
  assert.ok(found[Math.floor(found.length * 0.99)] < 0.017, `${found.at(-1)}`);
});

test("pause, seek and rate are followed", async () => {
  const parts = voice({ duration: 60 });
  const { element, made, world } = parts;
  made.start();
  await skews(parts, 500);
  element.pause();
  await skews(parts, 300);
  assert.equal(made.rate, 0);
  element.currentTime = 20;
  assert.equal(made.time(world.time), 20);
  element.playbackRate = 1.5;
  await element.play();
  await skews(parts, 100);
  assert.ok((await skews(parts, 1000)).at(-1) < 0.001);
  element.currentTime = 5;
  assert.ok((await skews(parts, 100)).at(-1) < 0.03);
});

test("it stops while it waits for data", async () => {
  const parts = voice({ duration: 60 });
  parts.made.start();
  await skews(parts, 500);
  parts.element.readyState = 2;
  const stood = parts.made.time(parts.world.time);
  parts.element.seeking = true;
  assert.equal(parts.made.time(parts.world.time), stood);
});

test("its end is reported", async () => {
  const { world, made, calls } = voice({ duration: 0.2 });
  made.start();
  await world.advance(400);
  assert.deepEqual(calls, ["change"]);
  assert.equal(made.isOver(), true);
});

test("stopping pauses the element", () => {
  const { element, made } = voice();
  made.start();
  made.stop();
  assert.equal(element.paused, true);
});

test("an element that is already playing is left as it is", async () => {
  const { element, made } = voice();
  await element.play();
  assert.equal(made.startsImmediately, true);
  element.play = () => assert.fail("played twice");
  made.start();
});

test("a blocked element waits for a gesture", async () => {
  const { world, element, made, waiting } = voice();
  world.locked = true;
  made.start();
  await settle();
  assert.equal(waiting.length, 1);
  world.locked = false;
  waiting[0]();
  await settle();
  assert.equal(element.paused, false);
});

test("an element whose source cannot be played fails", () => {
  const { element, made } = voice();
  made.start();
  element.fail();
  assert.equal(made.failure.code, "playback_failed");
  assert.equal(made.isOver(), true);
});

test("an interrupted play() is not a failure", async () => {
  const { element, made } = voice();
  element.play = () => Promise.reject(Object.assign(new Error("paused"), { name: "AbortError" }));
  made.start();
  await settle();
  assert.equal(made.failure, null);
});

test("an element that waits for its source has stalled; one that is paused, seeking or over has not", async () => {
  const parts = voice({ duration: 2 });
  const { element, made } = parts;
  made.start();
  element.readyState = 2;
  assert.equal(made.supply(), "ample", "it has not begun");
  await skews(parts, 100);
  assert.equal(made.supply(), "stalled");
  element.seeking = true;
  assert.equal(made.supply(), "ample");
  element.seeking = false;
  element.paused = true;
  assert.equal(made.supply(), "ample");
  element.paused = false;
  element.ended = true;
  assert.equal(made.supply(), "ample");
});
