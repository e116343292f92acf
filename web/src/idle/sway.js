import { decay } from "./ease.js";

/** @import { SeededRandom } from "./random.js" */

/** Frequencies in Hertz without a common divisor: slow ones at rest, faster ones while talking. */
const SLOW = [0.083, 0.137, 0.223, 0.361];
const FAST = [0.53, 0.79, 1.13];
/** Maximum degrees of yaw, pitch and roll at rest, and what talking adds. */
const REST = [2.2, 1.2, 1.1];
const TALK = [2.6, 1.3, 1.4];
/** Time constant in seconds of the transition between rest and talking. */
const TAU_S = 0.5;

const TOTAL = [SLOW, FAST].map((waves) => waves.reduce((sum, hertz) => sum + waves[0] / hertz, 0));

/** Slight continuous movement of the head: a sum of slow waves, larger the slower they are, in degrees. */
export class Sway {
  #phases;
  #talk = 0;

  /** @param {SeededRandom} random */
  constructor(random) {
    const count = 3 * (SLOW.length + FAST.length);
    this.#phases = Float64Array.from({ length: count }, () => random.between(0, 2 * Math.PI));
  }

  /**
   * @param {number} elapsed seconds
   * @param {boolean} speaking
   */
  update(elapsed, speaking) {
    const wanted = speaking ? 1 : 0;
    this.#talk = wanted + (this.#talk - wanted) * decay(elapsed, TAU_S);
  }

  /**
   * @param {number} axis 0 yaw, 1 pitch, 2 roll
   * @param {number} time seconds
   */
  angle(axis, time) {
    const at = axis * (SLOW.length + FAST.length);
    const slow = this.#sum(SLOW, at, time) / TOTAL[0];
    const fast = this.#sum(FAST, at + SLOW.length, time) / TOTAL[1];
    return REST[axis] * slow + TALK[axis] * this.#talk * (slow + fast) * 0.5;
  }

  /**
   * @param {number[]} waves
   * @param {number} at index of the first phase
   * @param {number} time
   */
  #sum(waves, at, time) {
    let sum = 0;
    for (let k = 0; k < waves.length; k++)
      sum += (waves[0] / waves[k]) * Math.sin(2 * Math.PI * waves[k] * time + this.#phases[at + k]);
    return sum;
  }
}
