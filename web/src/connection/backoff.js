/** Exponential backoff with jitter, so that many clients do not reconnect together. */
export class Backoff {
  #first;
  #longest;
  #random;
  #failures = 0;

  /**
   * @param {number} first ms
   * @param {number} longest ms
   * @param {() => number} random 0–1
   */
  constructor(first, longest, random) {
    this.#first = first;
    this.#longest = longest;
    this.#random = random;
  }

  /** Returns the next delay. @returns {number} milliseconds */
  next() {
    const full = Math.min(this.#longest, this.#first * 2 ** this.#failures++);
    return full * (0.5 + this.#random() / 2);
  }

  reset() {
    this.#failures = 0;
  }
}
