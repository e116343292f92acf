import { A2FError } from "../errors.js";
import { JitterBuffer } from "./jitter_buffer.js";
import { Resampler } from "./resample.js";

/**
 * @import { Supply } from "../types.js"
 * @import { AudioOutput } from "./audio_output.js"
 * @import { ContextClock } from "./clock.js"
 */

/** Lead with which the first audio, and audio after an underrun, is scheduled. */
const LEAD_S = 0.05;
/** Audio scheduled with less lead than this counts as late. */
const LATE_S = 0.005;
/** Fade-out on stop, to avoid a click. */
const RAMP_S = 0.005;
/** If no more audio arrives for this long, what is there is played although the buffer is not full. */
const GIVE_UP_MS = 2000;
/** With less audio than this ahead, or than the look-ahead and this reserve, the server has too little to go on. */
const LOOKAHEAD_S = 0.1;
const RESERVE_S = 0.1;

/**
 * Plays PCM without gaps through an AudioContext as it arrives, once the jitter buffer is full. An underrun is
 * counted and playback continues when more audio arrives; the clock stops during the gap.
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
  /** @type {Resampler[]} */
  #resamplers = [];
  #buffer;
  /** Audio that is not scheduled yet. @type {Float32Array[][]} */
  #pending = [];
  #pendingSeconds = 0;
  #writtenAt = 0;
  #lookahead = LOOKAHEAD_S;
  #playing = false;
  /** Playback has run out of audio. */
  #dry = false;
  /** The position does not move, as there is nothing to play at the moment. */
  #still = true;
  #position = 0;
  #duration = Number.POSITIVE_INFINITY;
  /** @type {Set<AudioBufferSourceNode>} */
  #nodes = new Set();
  /** @type {GainNode | null} */
  #gain = null;
  /**
   * Stretches of audio without a gap: start on the context's clock and in the utterance, length in seconds,
   * length in samples of the context, by which pieces are joined, and seconds of audio there were at the start.
   */
  #runs = /** @type {{start: number, from: number, length: number, samples: number, head: number}[]} */ ([]);
  #run = 0;

  /**
   * @param {AudioOutput} output
   * @param {number} [sampleRate] of the PCM, Hertz; otherwise {@link setSampleRate} is called before the
   *   first samples
   * @param {JitterBuffer} [buffer] by default playback starts with the first audio
   */
  constructor(output, sampleRate = 0, buffer = new JitterBuffer(() => 0)) {
    this.#output = output;
    this.#sampleRate = sampleRate;
    this.#buffer = buffer;
  }

  /** @param {number} sampleRate Hertz */
  setSampleRate(sampleRate) {
    this.#sampleRate = sampleRate;
  }

  /** @param {number} lookahead the server's look-ahead, seconds */
  expectLookahead(lookahead) {
    this.#lookahead = lookahead;
  }

  get rate() {
    return this.#clock && !this.#still ? this.#clock.rate : 0;
  }

  /** True if there is enough audio to start or resume, or no more will come. */
  get isBuffered() {
    const needed = this.#runs.length > 0 ? this.#buffer.resume : this.#buffer.start;
    return (
      this.#pendingSeconds >= needed - 1e-6 ||
      this.#duration < Number.POSITIVE_INFINITY ||
      this.#output.now() - this.#writtenAt > GIVE_UP_MS
    );
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
    if (this.#context.state !== "running") this.#output.tryResume();
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#context.destination);
    this.#release();
  }

  /** @param {Float32Array[]} planes one array per channel */
  write(planes) {
    if (planes[0].length === 0 || (this.#playing && !this.#context)) return;
    const seconds = planes[0].length / this.#sampleRate;
    if (this.#context) this.#noticeUnderrun(this.#context, seconds);
    this.#pending.push(planes);
    this.#pendingSeconds += seconds;
    this.#writtenAt = this.#output.now();
    this.#release();
  }

  /** @param {number} duration seconds in all */
  finish(duration) {
    this.#duration = duration;
    this.#release();
  }

  stop() {
    this.#pending = [];
    this.#pendingSeconds = 0;
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
    if (this.#pending.length > 0) this.#release();
    const deviceTime = this.#clock.read(now);
    while (this.#run + 1 < this.#runs.length && this.#runs[this.#run + 1].start <= deviceTime) this.#run++;
    const run = this.#runs[this.#run];
    this.#still = !run || deviceTime < run.start || deviceTime >= run.start + run.length;
    this.#position = this.#positionAt(deviceTime);
    return this.#position;
  }

  /**
   * Tells whether the audio keeps coming, at the position that `time` returned last. A stall lasts until there is sound.
   * @returns {Supply}
   */
  supply() {
    const last = this.#runs.at(-1);
    if (!last || this.#position === 0) return "ample";
    const silent = this.#still && this.#position < this.#duration - 1e-3;
    if (silent || this.#clock?.rate === 0) return "stalled";
    if (this.#duration < Number.POSITIVE_INFINITY) return "ample";
    const ahead = last.from + last.length - this.#position;
    return ahead < this.#lookahead + RESERVE_S ? "low" : "ample";
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
   * Measures how late a piece is before it is added.
   * @param {AudioContext} context
   * @param {number} seconds length of the piece
   */
  #noticeUnderrun(context, seconds) {
    const last = this.#runs.at(-1);
    if (!last || this.#dry) return;
    const late = context.currentTime - (last.start + last.length);
    this.#buffer.observe(late, last.head, seconds);
    this.#dry = late > -LATE_S;
    if (this.#dry) this.underruns++;
  }

  /** Schedules what is there, unless playback has to wait for the buffer. */
  #release() {
    const context = this.#context;
    const starts = this.#dry || this.#runs.length === 0;
    if (!context || context.state === "closed") return;
    if (this.#pending.length === 0 || (starts && !this.isBuffered)) return;
    if (starts) this.#startRun(context);
    for (const planes of this.#pending.splice(0)) this.#schedule(context, planes);
    this.#pendingSeconds = 0;
  }

  /** @param {AudioContext} context */
  #startRun({ currentTime, sampleRate }) {
    const start = Math.ceil((currentTime + LEAD_S) * sampleRate) / sampleRate;
    const last = this.#runs.at(-1);
    const from = last ? last.from + last.length : 0;
    this.#runs.push({ start, from, length: 0, samples: 0, head: this.#pendingSeconds });
    this.#dry = false;
  }

  /**
   * @param {AudioContext} context
   * @param {Float32Array[]} planes
   */
  #schedule(context, planes) {
    const run = /** @type {{start: number, samples: number, length: number}} */ (this.#runs.at(-1));
    const samples = planes.map((plane, channel) =>
      this.#resampler(channel, context.sampleRate).process(plane),
    );
    const length = samples[0].length;
    if (length > 0) this.#play(context, samples, run.start + run.samples / context.sampleRate);
    run.samples += length;
    run.length += planes[0].length / this.#sampleRate;
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
