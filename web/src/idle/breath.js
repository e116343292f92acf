import { smoothstep } from "./ease.js";

/** @import { SeededRandom } from "./random.js" */

/** Range of a breath cycle in seconds: 13 to 16 breaths a minute. */
const CYCLE_S = [3.75, 4.6];
/** Fraction of a cycle spent inhaling. */
const INHALE_SHARE = 0.42;
/** Inhaling before speech: depth beyond the usual 1, and durations of rise and fall in seconds. */
const EXTRA_DEPTH = 0.8;
const INHALE_S = 0.45;
const EXHALE_S = 2;

/** How full the chest is: 0 empty, 1 after a usual breath. */
export class Breath {
  #random;
  #start = 0;
  #duration;
  #inhaledAt = Number.NEGATIVE_INFINITY;

  /** @param {SeededRandom} random */
  constructor(random) {
    this.#random = random;
    this.#duration = random.between(CYCLE_S[0], CYCLE_S[1]);
  }

  /** Inhales, because speech is about to start. @param {number} time seconds */
  inhale(time) {
    if (time - this.#inhaledAt > INHALE_S + EXHALE_S) this.#inhaledAt = time;
  }

  /** @param {number} time seconds on a clock that never runs backwards */
  fullness(time) {
    while (time >= this.#start + this.#duration) {
      this.#start += this.#duration;
      this.#duration = this.#random.between(CYCLE_S[0], CYCLE_S[1]);
    }
    const share = (time - this.#start) / this.#duration;
    const usual =
      share < INHALE_SHARE
        ? smoothstep(share / INHALE_SHARE)
        : 1 - smoothstep((share - INHALE_SHARE) / (1 - INHALE_SHARE));
    return usual + EXTRA_DEPTH * this.#extraDepth(time - this.#inhaledAt);
  }

  /** @param {number} since seconds */
  #extraDepth(since) {
    return since < INHALE_S ? smoothstep(since / INHALE_S) : 1 - smoothstep((since - INHALE_S) / EXHALE_S);
  }
}
