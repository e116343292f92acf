import { smooth } from "./ease.js";

/** @import { SeededRandom } from "./random.js" */

/** Range of a breath cycle in seconds: 13 to 16 breaths a minute. */
const CYCLE_S = [3.75, 4.6];
/** Fraction of a cycle spent inhaling. */
const IN = 0.42;
/** Inhaling before speech: depth beyond the usual 1, and durations of rise and fall in seconds. */
const DEEPER = 0.8;
const GASP_S = 0.45;
const LET_GO_S = 2;

/** How full the chest is: 0 empty, 1 after a usual breath. */
export class Breath {
  #random;
  #start = 0;
  #takes;
  #gaspAt = Number.NEGATIVE_INFINITY;

  /** @param {SeededRandom} random */
  constructor(random) {
    this.#random = random;
    this.#takes = random.between(CYCLE_S[0], CYCLE_S[1]);
  }

  /** Inhales, because speech is about to start. @param {number} time seconds */
  inhale(time) {
    if (time - this.#gaspAt > GASP_S + LET_GO_S) this.#gaspAt = time;
  }

  /** @param {number} time seconds on a clock that never runs backwards */
  fullness(time) {
    while (time >= this.#start + this.#takes) {
      this.#start += this.#takes;
      this.#takes = this.#random.between(CYCLE_S[0], CYCLE_S[1]);
    }
    const share = (time - this.#start) / this.#takes;
    const usual = share < IN ? smooth(share / IN) : 1 - smooth((share - IN) / (1 - IN));
    return usual + DEEPER * this.#gasped(time - this.#gaspAt);
  }

  /** @param {number} since seconds */
  #gasped(since) {
    return since < GASP_S ? smooth(since / GASP_S) : 1 - smooth((since - GASP_S) / LET_GO_S);
  }
}
