/** Random numbers determined by a seed (mulberry32 by Tommy Ettinger, public domain). */
export class SeededRandom {
  #state;

  /** @param {number} seed uint32 */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** Returns a number from 0 up to but not including 1. */
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

  /** Returns true with a given probability. @param {number} share 0–1 */
  chance(share) {
    return this.next() < share;
  }

  /** Returns a normally distributed number with mean 0 and deviation 1 (Box–Muller). */
  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
