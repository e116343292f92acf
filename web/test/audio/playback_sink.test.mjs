import assert from "node:assert/strict";
import { test } from "node:test";
import { AudioOutput } from "../../src/audio/audio_output.js";
import { PlaybackSink } from "../../src/audio/playback_sink.js";
import { platformWith } from "../../src/platform.js";
import { World } from "../support/world.mjs";

const sound = (seconds) => [new Float32Array(seconds * 24000).fill(0.5)];

function playback() {
  const world = new World();
  const locked = [];
  const output = new AudioOutput(platformWith(world.platform()));
  const sink = new PlaybackSink(output, () => locked.push(world.time), 24000);
  return { world, sink, locked, output, context: () => world.contexts[0] };
}

test("nothing plays before it starts, then everything without gaps", () => {
  const { world, sink, context } = playback();
  sink.write(sound(0.1));
  assert.equal(world.contexts.length, 0);
  sink.start();
  for (let i = 0; i < 9; i++) sink.write(sound(0.1));
  const { nodes } = context();
  assert.equal(nodes.length, 10);
  for (let i = 1; i < nodes.length; i++) {
    assert.ok(Math.abs(nodes[i].when - nodes[i - 1].when - nodes[i - 1].buffer.length / 48000) < 1e-9);
  }
});

test("its position is that of the audio", async () => {
  const { world, sink } = playback();
  sink.write(sound(2));
  sink.start();
  sink.finish(2);
  assert.equal(sink.time(world.time), 0);
  await world.advance(1050, () => sink.time(world.time));
  assert.ok(Math.abs(sink.time(world.time) - 1) < 0.01);
  assert.equal(sink.isOver(world.time), false);
  await world.advance(1050, () => sink.time(world.time));
  assert.equal(sink.isOver(world.time), true);
});

test("on an underrun the position stops, the underrun is counted, and playback continues", async () => {
  const { world, sink } = playback();
  sink.start();
  sink.write(sound(0.5));
  await world.advance(1000, () => sink.time(world.time));
  assert.ok(Math.abs(sink.time(world.time) - 0.5) < 1e-6);
  sink.write(sound(0.5));
  assert.equal(sink.underruns, 1);
  assert.ok(Math.abs(sink.time(world.time) - 0.5) < 1e-6);
  await world.advance(300, () => sink.time(world.time));
  assert.ok(Math.abs(sink.time(world.time) - 0.75) < 0.01);
});

test("late starts are not underruns", async () => {
  const { world, sink } = playback();
  sink.start();
  await world.advance(1000, () => sink.time(world.time));
  sink.write(sound(0.5));
  assert.equal(sink.underruns, 0);
  assert.ok(sink.time(world.time) < 1e-6);
});

test("stopping stops what is scheduled", async () => {
  const { world, sink, context } = playback();
  sink.start();
  sink.write(sound(1));
  sink.write(sound(1));
  await world.advance(100);
  sink.stop();
  assert.ok(context().nodes.every(({ stopped }) => stopped <= context().currentTime + 0.011));
});

test("stopping before the start is not an error", () => playback().sink.stop());

test("a locked context is resumed, or reported as locked", async () => {
  const { world, sink, locked, output } = playback();
  world.locked = true;
  output.context.state = "suspended";
  sink.write(sound(1));
  sink.start();
  await world.advance(400, () => sink.time(world.time));
  assert.equal(locked.length, 1);
  assert.equal(sink.time(world.time), 0);
  world.locked = false;
  await output.unlock();
  await world.advance(500, () => sink.time(world.time));
  assert.ok(sink.time(world.time) > 0.3);
});

test("two channels stay separate", () => {
  const { sink, context } = playback();
  sink.start();
  sink.write([...sound(0.1), ...sound(0.1)]);
  assert.equal(context().nodes[0].buffer.numberOfChannels, 2);
});
