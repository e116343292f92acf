// Measures one render tick of the browser client: reading the clock, choosing the source, interpolating, and writing
// three meshes of 72 morph targets; without and with idle animation and an expression, speaking and idle.
//   node --expose-gc bench/browser_client/client_tick.mjs
import { cpus } from "node:os";
import { BLENDSHAPES } from "../../web/src/arkit.js";
import { Binding } from "../../web/src/avatar/binding.js";
import { parseExpressionTable } from "../../web/src/face_mixing/expression_table.js";
import { ExternalSink } from "../../web/src/audio/external_sink.js";
import { FaceAnimator } from "../../web/src/face_mixing/face_animator.js";
import { IdleAnimation } from "../../web/src/idle/idle_animation.js";
import { Loudness } from "../../web/src/audio/loudness.js";
import { Utterance } from "../../web/src/utterance/utterance.js";

const MESHES = 3;
const TICKS = 20000;
const WARM_UP = 5000;
const SECONDS = 600;
const TICK_MS = 1000 / 60;
const GOAL_MS = 0.1;

let now = 0;

/** A typical avatar: ARKit shapes and some other morph targets. */
function mesh() {
  const names = [...BLENDSHAPES, ...Array.from({ length: 20 }, (_, i) => `own${i}`)];
  return {
    morphTargetDictionary: Object.fromEntries(names.map((name, i) => [name, i])),
    morphTargetInfluences: names.map(() => 0),
  };
}

/** Head, neck and chest as nodes with constant matrices, to leave three.js's own work out. */
function skeleton() {
  const matrix = () => ({ elements: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1) });
  const nodes = ["Spine2", "Neck", "Head"].map((name) => ({
    name,
    isBone: true,
    quaternion: { x: 0, y: 0, z: 0, w: 1 },
    matrixWorld: matrix(),
  }));
  const camera = { matrixWorld: matrix() };
  camera.matrixWorld.elements[14] = 2;
  return { camera, scene: { matrixWorld: matrix(), traverse: (visit) => nodes.forEach(visit) } };
}

/** Makes a face with idle animation and an expression. */
function awake() {
  const { camera, scene } = skeleton();
  const life = new IdleAnimation({}, 1);
  life.configure({ camera });
  life.bind(scene);
  const face = new FaceAnimator(() => {}, life);
  const shapes = { joy: Object.fromEntries(BLENDSHAPES.slice(20, 40).map((name) => [name, 0.4])) };
  const aperture = { jawOpen: 1, mouthClose: -1 };
  const table = parseExpressionTable({ emotions: ["joy"], shapes, opens: ["jawOpen"], aperture, parted: 0.12 });
  face.expressionLayer.blendTo(table, { joy: 0.5 }, 0);
  return face;
}

/** @param {boolean} lives */
function faceOf(lives) {
  const face = lives ? awake() : new FaceAnimator(() => {});
  face.binding = new Binding(Array.from({ length: MESHES }, mesh));
  return face;
}

function talking() {
  const sink = new ExternalSink({
    get currentTime() {
      return now / 1000;
    },
  });
  const utterance = new Utterance(1, sink, { emit() {}, onChange() {}, now: () => now });
  const frames = SECONDS * 30;
  const values = Uint16Array.from({ length: frames * 52 }, (_, i) => (Math.sin(i * 0.37) + 1) * 32767);
  const columns = BLENDSHAPES.map((_, i) => i);
  utterance.onStarted(30, 0.1);
  utterance.onFrames(0, values, columns, 1 / 65535);
  utterance.sources.addLoudness(new Loudness(16000));
  utterance.loudness.push([
    Float32Array.from({ length: SECONDS * 16000 }, (_, i) => Math.sin(i * 0.3) * Math.sin(i * 0.001)),
  ]);
  utterance.play();
  return utterance;
}

function percentile(sorted, share) {
  return sorted[Math.floor((sorted.length - 1) * share)];
}

function measure({ smoothing = 0, lives = false, speaks = true }) {
  const face = faceOf(lives);
  const utterance = speaks ? talking() : null;
  const settings = { intensity: 1.2, smoothing };
  const times = new Float64Array(TICKS);
  now = 0;
  for (let i = -WARM_UP; i < TICKS; i++) {
    now += TICK_MS;
    const before = performance.now();
    face.update(utterance, now, settings);
    if (i >= 0) times[i] = performance.now() - before;
  }
  if (speaks && face.selector.rank !== "server") throw new Error("the server's frames were not shown");
  times.sort();
  const round = (ms) => Number(ms.toFixed(5));
  return {
    smoothing,
    life: lives,
    speaking: speaks,
    median_ms: round(percentile(times, 0.5)),
    p99_ms: round(percentile(times, 0.99)),
    mean_ms: round(times.reduce((sum, time) => sum + time, 0) / TICKS),
  };
}

/** Returns bytes of heap allocated per tick, if node was started with --expose-gc. */
function allocation(lives) {
  if (!globalThis.gc) return null;
  const face = faceOf(lives);
  const utterance = talking();
  const settings = { intensity: 1.2, smoothing: 0 };
  const ticks = (count) => {
    for (let i = 0; i < count; i++) face.update(utterance, (now += TICK_MS), settings);
  };
  now = 0;
  ticks(WARM_UP);
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  ticks(TICKS);
  return Math.round((process.memoryUsage().heapUsed - before) / TICKS);
}

const results = [{}, { smoothing: 0.5 }, { lives: true }, { lives: true, speaks: false }].map(measure);
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
      bytes_a_tick: allocation(false),
      bytes_a_tick_with_life: allocation(true),
      machine,
    },
    null,
    2,
  ),
);
