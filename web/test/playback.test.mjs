import assert from "node:assert/strict";
import { test } from "node:test";
import { platformWith } from "../src/platform.js";
import { AudioOutput } from "../src/sound/audio_output.js";
import { Playback } from "../src/sound/playback.js";
import { World } from "./world.mjs";

const sound = (seconds) => [new Float32Array(seconds * 24000).fill(0.5)];

function playback() {
  const world = new World();
  const locked = [];
  const output = new AudioOutput(platformWith(world.platform()));
  const voice = new Playback(output, () => locked.push(world.time), 24000);
  return { world, voice, locked, output, context: () => world.contexts[0] };
}

test("nothing sounds before it begins, then all of it, gaplessly", () => {
  const { world, voice, context } = playback();
  voice.write(sound(0.1));
  assert.equal(world.contexts.length, 0);
  voice.begin();
  for (let i = 0; i < 9; i++) voice.write(sound(0.1));
  const { nodes } = context();
  assert.equal(nodes.length, 10);
  for (let i = 1; i < nodes.length; i++) {
    assert.ok(Math.abs(nodes[i].when - nodes[i - 1].when - nodes[i - 1].buffer.length / 48000) < 1e-9);
  }
});

test("its time is that of the sound", async () => {
  const { world, voice } = playback();
  voice.write(sound(2));
  voice.begin();
  voice.finish(2);
  assert.equal(voice.time(world.time), 0);
  await world.advance(1050, () => voice.time(world.time));
  assert.ok(Math.abs(voice.time(world.time) - 1) < 0.01);
  assert.equal(voice.over(world.time), false);
  await world.advance(1050, () => voice.time(world.time));
  assert.equal(voice.over(world.time), true);
});

test("when it runs dry the time stands, the underrun is counted, and it goes on", async () => {
  const { world, voice } = playback();
  voice.begin();
  voice.write(sound(0.5));
  await world.advance(1000, () => voice.time(world.time));
  assert.ok(Math.abs(voice.time(world.time) - 0.5) < 1e-6);
  voice.write(sound(0.5));
  assert.equal(voice.underruns, 1);
  assert.ok(Math.abs(voice.time(world.time) - 0.5) < 1e-6);
  await world.advance(300, () => voice.time(world.time));
  assert.ok(Math.abs(voice.time(world.time) - 0.75) < 0.01);
});

test("late starts are no underruns", async () => {
  const { world, voice } = playback();
  voice.begin();
  await world.advance(1000, () => voice.time(world.time));
  voice.write(sound(0.5));
  assert.equal(voice.underruns, 0);
  assert.ok(voice.time(world.time) < 1e-6);
});

test("stopping stops what is scheduled", async () => {
  const { world, voice, context } = playback();
  voice.begin();
  voice.write(sound(1));
  voice.write(sound(1));
  await world.advance(100);
  voice.stop();
  assert.ok(context().nodes.every(({ stopped }) => stopped <= context().currentTime + 0.011));
});

test("stopping before the beginning is no error", () => playback().voice.stop());

test("a locked context is woken, or says that it is locked", async () => {
  const { world, voice, locked, output } = playback();
  world.locked = true;
  output.context.state = "suspended";
  voice.write(sound(1));
  voice.begin();
  await world.advance(400, () => voice.time(world.time));
  assert.equal(locked.length, 1);
  assert.equal(voice.time(world.time), 0);
  world.locked = false;
  await output.unlock();
  await world.advance(500, () => voice.time(world.time));
  assert.ok(voice.time(world.time) > 0.3);
});

test("two channels stay two", () => {
  const { voice, context } = playback();
  voice.begin();
  voice.write([...sound(0.1), ...sound(0.1)]);
  assert.equal(context().nodes[0].buffer.numberOfChannels, 2);
});
