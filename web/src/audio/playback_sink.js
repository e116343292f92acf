import { A2FError } from "../errors.js";
import { Resampler } from "./resample.js";

/**
 * @import { AudioOutput } from "./audio_output.js"
 * @import { ContextClock } from "./clock.js"
 */

/** Lead with which the first audio, and audio after an underrun, is scheduled. */
const LEAD_S = 0.05;
/** Audio scheduled with less lead than this counts as late. */
const LATE_S = 0.005;
/** Fade-out on stop, to avoid a click. */
const RAMP_S = 0.005;

/**
 * Plays PCM without gaps through an AudioContext as it arrives. An underrun is counted and playback continues
 * when more audio arrives; the clock stops during the gap.
 */
export class PlaybackSink {
  forwardOnly = true;
  underruns = 0;
  /** @type {A2FError | null} */
  failure = null;
  #output;
  /** The context that it plays on, which stays the same to the end. @type {AudioContext | null} */
  #context = null;
  /** @type {ContextClock | null} */
  #clock = null;
  #sampleRate = 0;
  #onLocked;
  /** @type {Resampler[]} */
  #resamplers = [];
  /** @type {Float32Array[][]} */
  #pending = [];
  #playing = false;
  #duration = Number.POSITIVE_INFINITY;
  /** @type {Set<AudioBufferSourceNode>} */
  #nodes = new Set();
  /** @type {GainNode | null} */
  #gain = null;
  /**
   * Stretches of audio without a gap: start on the context's clock and in the utterance, length in seconds,
   * and length in samples of the context, by which pieces are joined.
   */
  #runs = /** @type {{start: number, from: number, length: number, samples: number}[]} */ ([]);
  #run = 0;

  /**
   * @param {AudioOutput} output
   * @param {() => void} onLocked called if the browser requires a gesture
   * @param {number} [sampleRate] of the PCM, Hertz; otherwise {@link setSampleRate} is called before the
   *   first samples
   */
  constructor(output, onLocked, sampleRate = 0) {
    this.#onLocked = onLocked;
    this.#output = output;
    this.#sampleRate = sampleRate;
  }

  /** @param {number} sampleRate Hertz */
  setSampleRate(sampleRate) {
    this.#sampleRate = sampleRate;
  }

  get rate() {
    return this.#clock && this.#runs.length > 0 ? this.#clock.rate : 0;
  }

  start() {
    this.#playing = true;
    try {
      this.#context = this.#output.context;
    } catch (error) {
      this.failure = /** @type {A2FError} */ (error);
      return;
    }
    this.#clock = this.#output.clock;
    if (this.#context.state !== "running") this.#output.tryResume(this.#onLocked);
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#context.destination);
    for (const planes of this.#pending.splice(0)) this.#schedule(this.#context, planes);
  }

  /** @param {Float32Array[]} planes one array per channel */
  write(planes) {
    if (planes[0].length === 0) return;
    if (this.#context) this.#schedule(this.#context, planes);
    else if (!this.#playing) this.#pending.push(planes);
  }

  /** @param {number} duration seconds in all */
  finish(duration) {
    this.#duration = duration;
  }

  stop() {
    const context = this.#context;
    if (!context || !this.#gain || context.state === "closed") return;
    const end = context.currentTime + RAMP_S;
    this.#gain.gain.setValueAtTime(1, context.currentTime);
    this.#gain.gain.linearRampToValueAtTime(0, end);
    for (const node of this.#nodes) node.stop(end);
    this.#nodes.clear();
  }

  /** @param {number} now ms */
  time(now) {
    if (!this.#clock) return 0;
    const deviceTime = this.#clock.read(now);
    while (this.#run + 1 < this.#runs.length && this.#runs[this.#run + 1].start <= deviceTime) this.#run++;
    return this.#positionAt(deviceTime);
  }

  /** @param {number} now ms */
  deviceTime(now) {
    return this.#clock && this.rate > 0 ? this.#positionAt(this.#clock.deviceTime(now)) : Number.NaN;
  }

  /** Converts a time of the context to a position in the utterance. @param {number} instant seconds */
  #positionAt(instant) {
    const run = this.#runs[this.#run];
    return run ? run.from + Math.min(Math.max(0, instant - run.start), run.length) : 0;
  }

  /** @param {number} now ms */
  isOver(now) {
    if (this.#context?.state === "closed") this.failure ??= closed();
    return this.failure !== null || (this.#playing && this.time(now) >= this.#duration - 1e-3);
  }

  /**
   * @param {AudioContext} context
   * @param {Float32Array[]} planes
   */
  #schedule(context, planes) {
    if (context.state === "closed") return;
    const seconds = planes[0].length / this.#sampleRate;
    const run = this.#runFor(context);
    const samples = planes.map((plane, channel) =>
      this.#resampler(channel, context.sampleRate).process(plane),
    );
    const length = samples[0].length;
    if (length > 0) this.#play(context, samples, run.start + run.samples / context.sampleRate);
    run.samples += length;
    run.length += seconds;
  }

  /**
   * @param {AudioContext} context
   * @param {Float32Array[]} samples
   * @param {number} when
   */
  #play(context, samples, when) {
    const buffer = context.createBuffer(samples.length, samples[0].length, context.sampleRate);
    samples.forEach((plane, channel) => {
      buffer.getChannelData(channel).set(plane);
    });
    const node = context.createBufferSource();
    node.buffer = buffer;
    node.connect(/** @type {GainNode} */ (this.#gain));
    node.onended = () => this.#nodes.delete(node);
    node.start(when);
    this.#nodes.add(node);
  }

  /** @param {AudioContext} context */
  #runFor({ currentTime: present, sampleRate }) {
    const last = this.#runs.at(-1);
    if (last && last.start + last.length >= present + LATE_S) return last;
    if (last) this.underruns++;
    const start = Math.ceil((present + LEAD_S) * sampleRate) / sampleRate;
    const run = { start, from: last ? last.from + last.length : 0, length: 0, samples: 0 };
    this.#runs.push(run);
    return run;
  }

  /**
   * @param {number} channel
   * @param {number} to sample rate of the context, Hertz
   */
  #resampler(channel, to) {
    this.#resamplers[channel] ??= new Resampler(this.#sampleRate, to);
    return this.#resamplers[channel];
  }
}

function closed() {
  return new A2FError("playback_failed", "The AudioContext was closed during playback; keep it open.");
}
