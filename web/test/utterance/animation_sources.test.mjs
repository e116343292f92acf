import assert from "node:assert/strict";
import { test } from "node:test";
import { SHAPE_COUNT } from "../../src/arkit.js";
import { Loudness } from "../../src/audio/loudness.js";
import { AnimationSources } from "../../src/utterance/animation_sources.js";

/** Returns a network in the page that logs what it is told. */
function networkLog() {
  const log = [];
  const note = (name) => (value) => log.push([name, value]);
  return { log, rank: "network", setSampleRate: note("rate"), wake: note("wake") };
}

test("sources are sorted, whichever comes first, and one replaces another of its rank", () => {
  const sources = new AnimationSources();
  const ranks = () => sources.bestFirst.map(({ rank }) => rank);
  assert.deepEqual(ranks(), ["viseme"]);
  sources.addLoudness(new Loudness(16000));
  sources.addServer(30);
  sources.addNetwork(networkLog());
  assert.deepEqual(ranks(), ["server", "network", "viseme", "loudness"]);
  const loudness = new Loudness(24000);
  sources.addLoudness(loudness);
  assert.deepEqual([ranks().length, sources.bestFirst.at(-1)], [4, loudness]);
});

test("late frames of the server wake the network, and others do not", () => {
  const sources = new AnimationSources();
  const network = networkLog();
  sources.addNetwork(network);
  sources.addServer(10);
  const [server] = sources.bestFirst;
  sources.frames.put(0, new Float32Array(11 * SHAPE_COUNT));
  assert.ok(server.ahead(0.5) > 0);
  assert.deepEqual(network.log, []);
  assert.ok(server.ahead(1.5) < 0);
  assert.deepEqual(network.log, [["wake", 1.5]]);
});

test("the sample rate and the level of the audio reach the other sources", () => {
  const sources = new AnimationSources();
  const network = networkLog();
  sources.addNetwork(network);
  sources.addLoudness(new Loudness(16000));
  assert.deepEqual(network.log, [["rate", 16000]]);
  assert.equal(typeof sources.visemes.level(0), "number");
});
