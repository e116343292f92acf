import assert from "node:assert/strict";
import { test } from "node:test";
import { AudioOutput } from "../../src/audio/audio_output.js";
import { JitterBuffer } from "../../src/audio/jitter_buffer.js";
import { PlaybackSink } from "../../src/audio/playback_sink.js";
import { platformWith } from "../../src/platform.js";
import { World } from "../support/world.mjs";

const sound = (seconds) => [new Float32Array(seconds * 24000).fill(0.5)];

function playback(buffer = undefined) {
  const world = new World();
  const locked = [];
  const onLocked = () => locked.push(world.time);
  const output = new AudioOutput(platformWith(world.platform()), { onLocked });
  const sink = new PlaybackSink(output, 24000, buffer);
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

const fixed = (seconds) => new JitterBuffer(() => seconds);

test("with a buffer it is ready to start once so much is there, or no more will come", async () => {
  for (const finish of [false, true]) {
    const { sink } = playback(fixed(0.3));
    sink.write(sound(0.2));
    assert.equal(sink.isBuffered, false);
    if (finish) sink.finish(0.2);
    else sink.write(sound(0.1));
    assert.equal(sink.isBuffered, true);
  }
});

test("a source that stops without ending does not hold back its audio for ever", async () => {
  const { world, sink } = playback(fixed(0.3));
  sink.write(sound(0.2));
  await world.advance(1500);
  assert.equal(sink.isBuffered, false);
  await world.advance(600);
  assert.equal(sink.isBuffered, true);
});

test("after an underrun a fixed buffer fills again before playback resumes", async () => {
  const { world, sink } = playback(fixed(0.3));
  sink.write(sound(0.3));
  sink.start();
  await world.advance(500, () => sink.time(world.time));
  sink.write(sound(0.2));
  await world.advance(200, () => sink.time(world.time));
  assert.ok(Math.abs(sink.time(world.time) - 0.3) < 1e-6);
  sink.write(sound(0.1));
  await world.advance(200, () => sink.time(world.time));
  assert.ok(Math.abs(sink.time(world.time) - 0.45) < 0.01);
  assert.equal(sink.underruns, 1);
});

test("audio that waits for the buffer is played at the end, and when the source has stopped", async () => {
  for (const finish of [true, false]) {
    const { world, sink } = playback(fixed(0.3));
    sink.write(sound(0.3));
    sink.start();
    await world.advance(500, () => sink.time(world.time));
    sink.write(sound(0.1));
    if (finish) sink.finish(0.4);
    await world.advance(finish ? 300 : 2300, () => sink.time(world.time));
    assert.ok(Math.abs(sink.time(world.time) - 0.4) < 1e-6);
  }
});

test("the adaptive buffer learns from one utterance for the next", async () => {
  const buffer = new JitterBuffer(() => "adaptive");
  const first = playback(buffer);
  assert.equal(buffer.start, 0);
  first.sink.write(sound(0.2));
  first.sink.start();
  await first.world.advance(450, () => first.sink.time(first.world.time));
  first.sink.write(sound(0.2));
  assert.ok(Math.abs(buffer.start - 0.42) < 0.01, `${buffer.start}`);
  const second = playback(buffer);
  second.sink.write(sound(0.2));
  assert.equal(second.sink.isBuffered, false);
});

test("it tells whether the audio keeps coming", async () => {
  const { world, sink } = playback();
  const after = async (ms) => {
    await world.advance(ms, () => sink.time(world.time));
    return sink.supply();
  };
  sink.start();
  assert.equal(await after(100), "ample", "nothing has been played yet");
  sink.write(sound(1));
  assert.equal(await after(500), "ample");
  assert.equal(await after(400), "low");
  assert.equal(await after(300), "stalled");
  assert.equal(sink.rate, 0);
  assert.ok(Number.isNaN(sink.deviceTime(world.time)));
  sink.write(sound(0.5));
  assert.equal(await after(150), "ample");
  sink.finish(1.5);
  assert.equal(await after(300), "ample", "no more will come");
});

test("a context that is suspended during playback counts as a stall", async () => {
  const { world, sink, context } = playback();
  sink.write(sound(1));
  sink.start();
  await world.advance(300, () => sink.time(world.time));
  context().state = "suspended";
  await world.advance(100, () => sink.time(world.time));
  assert.equal(sink.supply(), "stalled");
});
