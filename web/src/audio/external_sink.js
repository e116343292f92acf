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
    const source = this.#read();
    return this.#clock.read(source.currentTime, now, source.playbackRate ?? 1, !source.paused);
  }

  /** @param {number} now ms */
  isOver(now) {
    return this.time(now) >= this.#duration - 1e-3 || this.#read().ended === true;
  }
}
