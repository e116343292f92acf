// How long one render tick of the browser client takes: reading the clock, choosing the source, interpolating,
// and writing three meshes of 72 morph targets.   node bench/client_tick.mjs
import { cpus } from "node:os";
import { BLENDSHAPES } from "../web/src/arkit.js";
import { Binding } from "../web/src/binding.js";
import { ExternalVoice } from "../web/src/external.js";
import { Face } from "../web/src/face.js";
import { Speech } from "../web/src/speech.js";

const MESHES = 3;
const TICKS = 20000;
const WARM_UP = 5000;
const SECONDS = 600;
const TICK_MS = 1000 / 60;
const GOAL_MS = 0.1;

let now = 0;

/** An avatar of the usual kind: ARKit shapes, Oculus visemes and some of its own. */
function mesh() {
  const names = [...BLENDSHAPES, ...Array.from({ length: 20 }, (_, i) => `own${i}`)];
  return {
    morphTargetDictionary: Object.fromEntries(names.map((name, i) => [name, i])),
    morphTargetInfluences: names.map(() => 0),
  };
}

function talking() {
  const voice = new ExternalVoice({
    get currentTime() {
      return now / 1000;
    },
  });
  const speech = new Speech(1, voice, { emit() {}, onChange() {}, now: () => now });
  const frames = SECONDS * 30;
  const values = Uint16Array.from({ length: frames * 52 }, (_, i) => (Math.sin(i * 0.37) + 1) * 32767);
  const columns = BLENDSHAPES.map((_, i) => i);
  speech.onStarted(30, 0.1);
  speech.onFrames(0, values, columns, 1 / 65535);
  speech.begin();
  return speech;
}

function percentile(sorted, share) {
  return sorted[Math.floor((sorted.length - 1) * share)];
}

function measure(smoothing) {
  const face = new Face(() => {});
  face.binding = new Binding(Array.from({ length: MESHES }, mesh));
  const speech = talking();
  const settings = { intensity: 1.2, smoothing };
  const times = new Float64Array(TICKS);
  now = 0;
  for (let i = -WARM_UP; i < TICKS; i++) {
    now += TICK_MS;
    const before = performance.now();
    face.tick(speech, now, settings);
    if (i >= 0) times[i] = performance.now() - before;
  }
  if (face.ladder.rank !== "server") throw new Error("the server's frames were not shown");
  times.sort();
  const round = (ms) => Number(ms.toFixed(5));
  return {
    smoothing,
    median_ms: round(percentile(times, 0.5)),
    p99_ms: round(percentile(times, 0.99)),
    mean_ms: round(times.reduce((sum, time) => sum + time, 0) / TICKS),
  };
}

/** Bytes of heap a tick leaves behind, where node was started with --expose-gc. */
function allocation() {
  if (!globalThis.gc) return null;
  const face = new Face(() => {});
  face.binding = new Binding(Array.from({ length: MESHES }, mesh));
  const speech = talking();
  const settings = { intensity: 1.2, smoothing: 0 };
  const ticks = (count) => {
    for (let i = 0; i < count; i++) face.tick(speech, (now += TICK_MS), settings);
  };
  now = 0;
  ticks(WARM_UP);
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  ticks(TICKS);
  return Math.round((process.memoryUsage().heapUsed - before) / TICKS);
}

const results = [0, 0.5].map(measure);
const machine = { node: process.version, cpu: cpus()[0].model, cores: cpus().length };
console.log(
  JSON.stringify(
    {
      what: "one render tick of the browser client",
      meshes: MESHES,
      morphs_a_mesh: 72,
      goal_ms: GOAL_MS,
      met: results.every(({ p99_ms }) => p99_ms < GOAL_MS),
      results,
      bytes_a_tick: allocation(),
      machine,
    },
    null,
    2,
  ),
);
