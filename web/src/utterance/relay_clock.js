/** Playback position of a sound that another program sends to the page and reports piece by piece. */
export class RelayClock {
  #now;
  #from = 0;
  #to = 0;
  #startedAt = 0;
  paused = true;

  /** @param {() => number} now ms */
  constructor(now) {
    this.#now = now;
  }

  /**
   * A piece of the sound begins to play.
   * @param {number} [from] seconds; default: it continues
   * @param {number} [to] seconds; the position stops there until the next piece
   */
  play(from = this.currentTime, to = Number.POSITIVE_INFINITY) {
    this.#from = from;
    this.#to = to;
    this.#startedAt = this.#now();
    this.paused = false;
  }

  pause() {
    this.#from = this.currentTime;
    this.paused = true;
  }

  /** Seconds. */
  get currentTime() {
    if (this.paused) return this.#from;
    return Math.min(this.#to, this.#from + (this.#now() - this.#startedAt) / 1000);
  }
}
