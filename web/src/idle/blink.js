import { smoothstep } from "./ease.js";

/** @import { SeededRandom } from "./random.js" */

/**
 * Seconds between blinks: log-normal as measured in people who look and listen (median, and standard
 * deviation of the logarithm), with a minimum.
 */
const MEDIAN_S = 3.2;
const SPREAD = 0.45;
const SOONEST_S = 0.9;
/** Probability of a double blink, and its interval in seconds. */
const DOUBLE = 0.12;
const DOUBLE_S = [0.28, 0.4];
/** Durations in seconds: a lid falls fast, stays shut for longer than a tick, and rises slowly. */
const FALL_S = 0.065;
const SHUT_S = 0.035;
const RISE_S = 0.12;
/** Minimum seconds between blinks that are not a double blink. */
const APART_S = 1;

/** Times the blinks and moves the lids. Times are seconds on a clock that never runs backwards. */
export class Blink {
  #random;
  #start = Number.NEGATIVE_INFINITY;
  #next = 0;
  #held = false;

  /** @param {SeededRandom} random */
  constructor(random) {
    this.#random = random;
    this.#next = this.#pause() / 2;
  }

  /**
   * @param {number} time
   * @param {boolean} held the lids are controlled elsewhere, so no blink starts
   */
  update(time, held) {
    if (this.#held && !held) this.#next = time + Math.max(APART_S, this.#pause() * this.#random.next());
    this.#held = held;
    while (!held && time >= this.#next) this.#begin();
  }

  /** Registers a blink that came from elsewhere. @param {number} time */
  sawBlink(time) {
    this.#start = time - FALL_S - SHUT_S - RISE_S;
  }

  /**
   * Requests a blink at a good moment, unless there was one recently.
   * @param {number} time start of the blink
   */
  request(time) {
    if (!this.#held && time - this.#start > APART_S) this.#next = Math.min(this.#next, time);
  }

  /** Returns how far the lids are closed, 0–1. @param {number} time */
  lid(time) {
    const since = time - this.#start;
    if (since < FALL_S) return smoothstep(since / FALL_S);
    const rising = (since - FALL_S - SHUT_S) / RISE_S;
    // Lids slow down while opening.
    return rising <= 0 ? 1 : Math.max(0, 1 - rising) ** 2;
  }

  #begin() {
    this.#start = this.#next;
    const pair = this.#random.chance(DOUBLE);
    this.#next += pair ? this.#random.between(DOUBLE_S[0], DOUBLE_S[1]) : this.#pause();
  }

  #pause() {
    return Math.max(SOONEST_S, MEDIAN_S * Math.exp(SPREAD * this.#random.normal()));
  }
}
