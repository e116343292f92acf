import { smooth } from "./ease.js";

/** @import { SeededRandom } from "./random.js" */

/**
 * Seconds from one blink's start to the next: log-normal, as they are measured in people who look and listen (median
 * and deviation of the logarithm), and never sooner than the first lid is open again.
 */
const MEDIAN_S = 3.2;
const SPREAD = 0.45;
const SOONEST_S = 0.9;
/** Some blinks come in pairs. */
const DOUBLE = 0.12;
const DOUBLE_S = [0.28, 0.4];
/** A lid falls fast, stays shut for longer than a tick, and rises slowly. Seconds. */
const FALL_S = 0.065;
const SHUT_S = 0.035;
const RISE_S = 0.12;
/** Two that were not planned as a pair are so far apart. */
const APART_S = 1;

/** When the lids close, and how far they are closed. Times are seconds of one clock that never goes back. */
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
   * @param {boolean} held the lids are somebody else's: no blink begins
   */
  update(time, held) {
    if (this.#held && !held) this.#next = time + Math.max(APART_S, this.#pause() * this.#random.next());
    this.#held = held;
    while (!held && time >= this.#next) this.#begin();
  }

  /** Somebody else closed the lids just now. @param {number} time */
  sawBlink(time) {
    this.#start = time - FALL_S - SHUT_S - RISE_S;
  }

  /**
   * A blink at a good moment, unless there was one.
   * @param {number} time of its start
   */
  request(time) {
    if (!this.#held && time - this.#start > APART_S) this.#next = Math.min(this.#next, time);
  }

  /** How far the lids are closed. @param {number} time */
  lid(time) {
    const since = time - this.#start;
    if (since < FALL_S) return smooth(since / FALL_S);
    const rising = (since - FALL_S - SHUT_S) / RISE_S;
    // Slower and slower, as lids open.
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
