/** Random numbers that follow from a seed alone (mulberry32 of Tommy Ettinger, public domain). */
export class SeededRandom {
  #state;

  /** @param {number} seed uint32 */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** 0–1, never 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /**
   * @param {number} low
   * @param {number} high
   */
  between(low, high) {
    return low + (high - low) * this.next();
  }

  /** @param {number} share how often it is true, 0–1 */
  chance(share) {
    return this.next() < share;
  }

  /** Normally distributed, mean 0, deviation 1 (Box and Muller). */
  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
