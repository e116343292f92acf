// The source of frames from the network in the page: what it keeps of the audio.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES } from "../../src/arkit.js";
import { NetworkSource } from "../../src/network/source.js";

const RATE = 16000;
const PIECE = new Float32Array(RATE / 50);

/** Returns a source with a network that only counts samples, and a playback position that the test moves. */
function counted({ alone }) {
  const at = { position: 0, now: 0, heard: 0, step: 0 };
  const info = { stepRate: 50, lead: 4, columns: Int16Array.from(BLENDSHAPES.keys()) };
  const open = (_rate, { step }) => {
    Object.assign(at, { heard: 0, step });
    return { write: (samples) => (at.heard += samples.length), end() {}, close() {} };
  };
  const hooks = {
    position: () => at.position,
    now: () => at.now,
    onStarted() {},
    onFrames() {},
    onUnavailable: assert.fail,
  };
  const source = new NetworkSource({ info, load: async () => info, open }, hooks, alone);
  source.setSampleRate(RATE);
  /** Plays audio as it arrives. @param {number} seconds */
  const play = (seconds) => {
    for (let i = 0; i < seconds * 50; i++) {
      source.push([PIECE]);
      at.position += 0.02;
      at.now += 20;
    }
  };
  return { source, at, play };
}

test("beside a server, of a stream that never ends only the last moment is kept", () => {
  const { source, at, play } = counted({ alone: false });
  play(600);
  assert.equal(at.heard, 0);
  source.wake(at.position);
  assert.ok(at.heard >= 2 * RATE && at.heard < 3.2 * RATE, `${at.heard / RATE} s`);
  assert.ok(at.step >= (600 - 3.2) * 50);
});

test("a source that rests is given no more audio, and starts again with the last two seconds", () => {
  const { source, at, play } = counted({ alone: false });
  play(10);
  source.wake(at.position);
  play(60); // nobody asks for frames
  assert.ok(at.heard < 6 * RATE, `${at.heard / RATE} s`);
  source.wake(at.position);
  assert.ok(at.heard < 3.2 * RATE);
  assert.ok(at.step > 60 * 50);
});

test("without a server, all audio goes to the network and nothing is kept", () => {
  const { source, at, play } = counted({ alone: true });
  play(600);
  assert.equal(at.heard, 600 * RATE);
  source.wake(at.position);
  assert.equal(at.heard, 600 * RATE);
});
