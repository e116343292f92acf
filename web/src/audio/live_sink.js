import { SteadyClock } from "./clock.js";

/** @import { Supply } from "../types.js" */

/** Safety margin over the largest lag seen, seconds. */
const RESERVE_S = 0.06;
/** Initial delay in addition to the server's look-ahead, before anything was measured. */
const FIRST_DELAY_S = 0.12;
const LONGEST_DELAY_S = 1;
/** Maximum relative change in speed of the face's clock while the delay adapts. */
const MAX_SPEED_CHANGE = 0.1;
/** Rate at which a large lag is forgotten, seconds per second. */
const LAG_DECAY = 0.01;

/**
 * Follows live audio: a microphone or a remote track. Frames can only arrive after the audio, so the face
 * follows with a delay that adapts to the server and the network, like a jitter buffer.
 */
export class LiveSink {
  startsImmediately = true;
  forwardOnly = true;
  #sampleRate;
  #clock = new SteadyClock();
  #samples = 0;
  #duration = Number.POSITIVE_INFINITY;
  #targetDelay = FIRST_DELAY_S;
  #delay = FIRST_DELAY_S;
  #last = 0;

  /** @param {number} sampleRate Hertz */
  constructor(sampleRate) {
    this.#sampleRate = sampleRate;
  }

  /** Current delay of the face behind the audio, seconds. */
  get delay() {
    return this.#delay;
  }

  get rate() {
    return this.#clock.rate;
  }

  start() {}

  stop() {
    this.#duration = 0;
  }

  /** @param {Float32Array[]} planes */
  write(planes) {
    this.#samples += planes[0].length;
  }

  /** @param {number} duration seconds in all */
  finish(duration) {
    this.#duration = duration;
  }

  /** @param {number} lookahead the server's look-ahead, seconds */
  expectLookahead(lookahead) {
    this.#targetDelay = Math.max(this.#targetDelay, lookahead + FIRST_DELAY_S);
  }

  /**
   * Measures the lag: how far the newest frame was behind the audio just before new frames arrived.
   * @param {number} newest time of that frame, seconds of the utterance
   * @param {number} now ms
   */
  observeFrames(newest, now) {
    const lag = this.#livePosition(now) - newest + RESERVE_S;
    this.#targetDelay = Math.min(LONGEST_DELAY_S, Math.max(this.#targetDelay, lag));
  }

  /** @param {number} now ms */
  time(now) {
    const elapsed = Math.min(Math.max(0, now - this.#last), 1000) / 1000;
    this.#last = now;
    this.#targetDelay = Math.max(RESERVE_S, this.#targetDelay - LAG_DECAY * elapsed);
    const live = this.#livePosition(now);
    // Until the face moves, a jump of the delay is invisible.
    const most = live < this.#targetDelay ? LONGEST_DELAY_S : MAX_SPEED_CHANGE * elapsed;
    this.#delay += Math.max(-most, Math.min(most, this.#targetDelay - this.#delay));
    return Math.max(0, live - this.#delay);
  }

  /** Tells whether the audio keeps coming. @returns {Supply} */
  supply() {
    const waits = this.#duration === Number.POSITIVE_INFINITY && this.#clock.rate === 0 && this.#last > 0;
    return waits && this.#samples > 0 ? "stalled" : "ample";
  }

  /** @param {number} now ms */
  deviceTime(now) {
    return this.#livePosition(now);
  }

  /** @param {number} now ms */
  isOver(now) {
    return this.time(now) >= this.#duration - 1e-3;
  }

  /** @param {number} now ms */
  #livePosition(now) {
    const received = this.#samples / this.#sampleRate;
    if (this.#duration === Number.POSITIVE_INFINITY) return this.#clock.read(received, now, 1, true);
    // No more audio arrives; the face still has to catch up.
    this.#stoppedAt ??= now;
    return this.#clock.read(received, now, 1, false) + (now - this.#stoppedAt) / 1000;
  }

  /** @type {number | undefined} */
  #stoppedAt;
}
