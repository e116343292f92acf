// Runs a lip-sync package on one recording: node peers.mjs PEER < mono samples (float32).
// The last line of the output is JSON: for each of 30 frames a second, {mouth shape: share}.
import { readFileSync } from "node:fs";

const FPS = 30;
const RATE = 48000;
const HEADAUDIO = "./node_modules/@met4citizen/headaudio/modules";
const frameCount = (samples, rate) => Math.ceil((samples.length * FPS) / rate - 1e-6);

/** Computes cues of the whole recording; the shape of a frame is the latest cue. */
async function rhubarb(samples) {
  const { Rhubarb } = await import("rhubarb-lip-sync-wasm");
  const pcm = Int16Array.from(samples, (sample) => Math.max(-1, Math.min(1, sample)) * 32767);
  const { mouthCues } = await Rhubarb.getLipSync(Buffer.from(pcm.buffer));
  return Array.from({ length: frameCount(samples, 16000) }, (_, i) => {
    const cue = mouthCues.findLast(({ start }) => start <= i / FPS);
    return cue ? { [cue.value]: 1 } : {};
  });
}

/** Simulates a page that polls at 60 Hz and eases like the package's own example. */
async function wawa(samples) {
  const analyser = new Analyser(samples);
  globalThis.window = {
    AudioContext: function () {
      return { sampleRate: RATE, createAnalyser: () => analyser };
    },
  };
  Object.defineProperty(globalThis, "performance", { value: { now: () => (1000 * analyser.at) / RATE } });
  const { Lipsync } = await import("wawa-lipsync");
  const lips = new Lipsync(),
    shares = {},
    frames = [];
  for (let i = 0; i < 2 * frameCount(samples, RATE); i++) {
    analyser.at = (i * RATE) / 60;
    lips.processAudio();
    ease(shares, lips);
    if (i % 2 === 0) frames.push({ ...shares });
  }
  return frames;
}

/** The Web Audio API's AnalyserNode with its defaults, at sample `at` of a recording. */
class Analyser {
  at = 0;
  fftSize = 2048;
  #smooth = [];

  constructor(samples) {
    this.samples = samples;
  }

  get frequencyBinCount() {
    return this.fftSize / 2;
  }

  getByteFrequencyData(out) {
    const parts = spectrum(Array.from({ length: this.fftSize }, (_, i) => this.#windowed(i)));
    for (let k = 0; k < out.length; k++) {
      const size = Math.hypot(...parts[k]) / this.fftSize;
      this.#smooth[k] = 0.8 * (this.#smooth[k] ?? 0) + 0.2 * size;
      const decibels = 20 * Math.log10(this.#smooth[k]);
      out[k] = Math.max(0, Math.min(255, Math.floor((255 / 70) * (decibels + 100))));
    }
  }

  #windowed(i) {
    const turn = (2 * Math.PI * i) / this.fftSize;
    return (
      (this.samples[this.at - this.fftSize + i] ?? 0) *
      (0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn))
    );
  }
}

/** Returns [real, imaginary] of each bin. */
function spectrum(values) {
  if (values.length === 1) return [[values[0], 0]];
  const [even, odd] = [0, 1].map((rest) => spectrum(values.filter((_, i) => i % 2 === rest)));
  const turned = odd.map(([re, im], k) => {
    const [c, s] = [
      Math.cos((-2 * Math.PI * k) / values.length),
      Math.sin((-2 * Math.PI * k) / values.length),
    ];
    return [re * c - im * s, re * s + im * c];
  });
  const sum = (sign) => even.map(([re, im], k) => [re + sign * turned[k][0], im + sign * turned[k][1]]);
  return [...sum(1), ...sum(-1)];
}

function ease(shares, { viseme, state }) {
  const speed = state === "vowel" ? 0.1 : 0.2;
  shares[viseme] ??= 0;
  for (const name in shares)
    shares[name] += name === viseme ? (1 - shares[name]) * 2 * speed : -shares[name] * speed;
}

/** Feeds the worklet block by block; playback is delayed by 100 ms and pauses start at -60 dB, as in its manual. */
async function headaudio(samples) {
  const { node, worklet, parameters } = await wired();
  const shares = {},
    frames = [],
    step = RATE / FPS;
  node.onvalue = (name, share) => {
    shares[name] = share;
  };
  const sound = new Float32Array(samples.length + 4 * step);
  sound.set(samples);
  for (let i = 0; i + step <= sound.length; i += step) {
    for (let k = i; k < i + step; k += 100) worklet.process([[sound.subarray(k, k + 100)]], [], parameters);
    node.update(1000 / FPS);
    frames.push({ ...shares });
  }
  return frames.slice(2, 2 + frameCount(samples, RATE));
}

/** HeadAudio's node and worklet, the two ends of a port. */
async function wired() {
  let node, Worklet, worklet;
  globalThis.AudioWorkletNode = class {
    port = { postMessage: (data) => worklet.port.onmessage({ data }) };
  };
  globalThis.AudioWorkletProcessor = class {
    port = { postMessage: (data) => node.port.onmessage({ data }) };
  };
  Object.assign(globalThis, {
    sampleRate: RATE,
    registerProcessor: (_, made) => {
      Worklet = made;
    },
  });
  const { HeadAudio } = await import(`${HEADAUDIO}/headaudio.mjs`);
  await import(`${HEADAUDIO}/headworklet.mjs`);
  node = new HeadAudio();
  worklet = new Worklet();
  const model = readFileSync(`${HEADAUDIO}/../dist/model-en-mixed.bin`).toString("base64");
  await node.loadModel(`data:application/octet-stream;base64,${model}`);
  const defaults = Worklet.parameterDescriptors.map(({ name, defaultValue }) => [name, [defaultValue]]);
  return { node, worklet, parameters: { ...Object.fromEntries(defaults), vadGateInactiveDb: [-60] } };
}

const peers = { rhubarb, wawa, headaudio };
const bytes = readFileSync(0);
const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
process.stdout.write(`\n${JSON.stringify(await peers[process.argv[2]](samples))}\n`, () => process.exit(0));
