import { SHAPE_COUNT } from "./arkit.js";

/** A change of source, and the way back to neutral, in milliseconds. */
const FADE_MS = 100;
const RELEASE_MS = 200;
/** How late a source may be before another takes over: with the fade, the change is done in 150 ms. */
const PATIENCE_S = 0.04;
/** How much a better source must have in hand before it takes over, so that the face does not flap. */
const RESERVE_S = 0.05;
/** A leap of the heard time beyond this is a seek, and is faded too. */
const LEAP_S = 0.25;
/** No tick counts for more than this, or a tab that was hidden would jump instead of fading. */
const LONGEST_TICK_MS = 17;

/**
 * Chooses, at each tick, the best source that has data for the heard instant, and crossfades when the choice
 * changes, so that one value a shape goes out and never jumps.
 */
export class Ladder {
  /** The face now. */
  weights = new Float32Array(SHAPE_COUNT);
  #target = new Float32Array(SHAPE_COUNT);
  #from = new Float32Array(SHAPE_COUNT);
  /** @type {import("./types.js").Source | null} */
  #source = null;
  #fadeStart = 0;
  #fadeMs = 0;
  #lastNow = 0;
  #lastTime = 0;

  /** @returns {import("./types.js").Rank} */
  get rank() {
    return this.#source ? this.#source.rank : "neutral";
  }

  /** Nothing is shown and nothing moves. */
  get settled() {
    return this.#source === null && this.#fadeMs === 0;
  }

  /**
   * @param {readonly import("./types.js").Source[] | null} sources best first; null: back to neutral
   * @param {number} time the heard instant, seconds of the utterance
   * @param {number} now ms
   * @param {number} smoothing 0–1
   * @returns {boolean} whether the rank changed
   */
  step(sources, time, now, smoothing) {
    const before = this.rank;
    const chosen = sources ? this.#choose(sources, time) : null;
    const leapt = chosen !== null && Math.abs(time - this.#lastTime) > LEAP_S;
    if (chosen !== this.#source || leapt) this.#fadeTo(chosen, now);
    if (chosen) chosen.sample(time, this.#target, smoothing);
    else this.#target.fill(0);
    this.#mix(now);
    this.#lastNow = now;
    this.#lastTime = time;
    return this.rank !== before;
  }

  /** Neutral, at once. */
  reset() {
    this.#source = null;
    this.#fadeMs = 0;
    this.weights.fill(0);
  }

  /**
   * @param {readonly import("./types.js").Source[]} sources
   * @param {number} time
   */
  #choose(sources, time) {
    const shown = this.#source ? sources.indexOf(this.#source) : -1;
    for (let i = 0; i < sources.length; i++) {
      if (sources[i].ahead(time) >= this.#needed(i, shown)) return sources[i];
    }
    return null;
  }

  /**
   * @param {number} index
   * @param {number} shown
   */
  #needed(index, shown) {
    if (shown < 0) return 0;
    return index < shown ? RESERVE_S : -PATIENCE_S;
  }

  /**
   * @param {import("./types.js").Source | null} source
   * @param {number} now
   */
  #fadeTo(source, now) {
    this.#from.set(this.weights);
    this.#fadeStart = Math.max(this.#lastNow, now - LONGEST_TICK_MS);
    this.#fadeMs = source ? FADE_MS : RELEASE_MS;
    this.#source = source;
  }

  /** @param {number} now */
  #mix(now) {
    const share = this.#fadeMs > 0 ? Math.min(1, (now - this.#fadeStart) / this.#fadeMs) : 1;
    if (share >= 1) this.#fadeMs = 0;
    for (let i = 0; i < SHAPE_COUNT; i++) {
      this.weights[i] = this.#from[i] + (this.#target[i] - this.#from[i]) * share;
    }
  }
}
