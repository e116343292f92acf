import { A2FError } from "../errors.js";
import { SteadyClock } from "./clock.js";

/** @typedef {{currentTime: number, paused?: boolean, ended?: boolean, playbackRate?: number}} MediaClock */

/**
 * Follows audio that something else plays: a function that returns the playback position in seconds, or an
 * object with a `currentTime`.
 */
export class ExternalSink {
  /** Playback is started elsewhere and cannot be delayed. */
  startsImmediately = true;
  /** @type {() => MediaClock} */
  #read;
  #clock = new SteadyClock();
  #duration = Number.POSITIVE_INFINITY;
  #last = 0;
  /** Set if the source cannot be read any more. @type {A2FError | null} */
  failure = null;

  /** @param {(() => number) | MediaClock} source */
  constructor(source) {
    this.#read = typeof source === "function" ? () => ({ currentTime: source() }) : () => source;
  }

  get rate() {
    return this.#clock.rate;
  }

  start() {}

  stop() {}

  /** @param {number} duration seconds in all */
  finish(duration) {
    this.#duration = duration;
  }

  /** @param {number} now ms */
  time(now) {
    const { currentTime, playbackRate = 1, paused = false } = this.#state();
    // A player that has loaded nothing yet may report NaN.
    if (Number.isFinite(currentTime)) this.#last = currentTime;
    return this.#clock.read(this.#last, now, playbackRate, !paused);
  }

  /** @param {number} now ms */
  isOver(now) {
    return this.time(now) >= this.#duration - 1e-3 || this.#state().ended === true;
  }

  /** @returns {MediaClock} */
  #state() {
    if (this.failure) return { currentTime: this.#last, ended: true };
    try {
      return this.#read();
    } catch (error) {
      const why = /** @type {Error} */ (error).message;
      this.failure = new A2FError(
        "playback_failed",
        `The function that reports the playback time failed: ${why}`,
      );
      return this.#state();
    }
  }
}
