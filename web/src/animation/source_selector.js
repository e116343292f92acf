import { BLENDSHAPES } from "../arkit.js";
import { FACE_WIDTH, oculusIndex } from "../oculus.js";
import { VisemeFit } from "../visemes/fit.js";

/** @import { Rank, Source } from "../types.js" */

/** A change of source, the way back to neutral, and that way after an interruption, in milliseconds. */
const FADE_MS = 100;
const RELEASE_MS = 200;
const QUICK_RELEASE_MS = 70;
/** How late a source may be before another takes over: with the fade, the change is done in 150 ms. */
const PATIENCE_S = 0.04;
/** How much a better source must have in hand before it takes over, so that the face does not flap. */
const RESERVE_S = 0.05;
/** A leap of the heard time beyond this is a seek, and is faded too. */
const LEAP_S = 0.25;
/** No tick counts for more than this, or a tab that was hidden would jump instead of fading. */
const LONGEST_TICK_MS = 17;
const SILENCE = oculusIndex("sil");
/** Eyes and brows: no other source than the server knows of them. */
const UPPER = Int16Array.from(
  BLENDSHAPES.flatMap((name, index) => (/^(eye|brow)/.test(name) ? [index] : [])),
);

/**
 * @typedef {object} SelectionOptions
 * @property {boolean} [quickRelease] neutral is to be reached at once: somebody was interrupted
 * @property {"server" | "viseme"} [lipSync] "viseme": the server's frames move eyes and brows only
 *
 */

/** @type {SelectionOptions} */
const NO_OPTIONS = {};

/**
 * Chooses, at each tick, the best source that has data for the heard instant. When the choice changes, what
 * the face is off the new source's is carried along and fades: the face moves with the new source from the first tick,
 * never jumps, and nothing is asked of a source that has run dry.
 */
export class SourceSelector {
  /** The face now, a whole one. */
  weights = new Float32Array(FACE_WIDTH);
  #target = new Float32Array(FACE_WIDTH);
  #offset = new Float32Array(FACE_WIDTH);
  #upperFace = new Float32Array(FACE_WIDTH);
  #visemes = VisemeFit.ofAll();
  /** @type {Source | null} */
  #source = null;
  /** Who moves eyes and brows, where that is not the source. @type {Source | null} */
  #upper = null;
  #fadeStart = 0;
  #fadeMs = 0;
  #lastNow = 0;
  #lastTime = 0;

  /** @returns {Rank} */
  get rank() {
    return this.#source ? this.#source.rank : "neutral";
  }

  /** Whether the server's frames move eyes, lids and brows. */
  get serverLeads() {
    return this.rank === "server" || this.#upper !== null;
  }

  /** Nothing is shown and nothing moves. */
  get settled() {
    return this.#source === null && this.#fadeMs === 0;
  }

  /**
   * @param {readonly Source[] | null} sources best first; null: back to neutral
   * @param {number} time the heard instant, seconds of the utterance
   * @param {number} now ms
   * @param {number} smoothing 0–1
   * @param {SelectionOptions} [options]
   * @returns {boolean} whether the rank changed
   */
  select(sources, time, now, smoothing, { quickRelease = false, lipSync = "server" } = NO_OPTIONS) {
    const before = this.rank;
    const visemesOnly = lipSync === "viseme";
    const chosen = sources ? this.#choose(sources, time, visemesOnly) : null;
    const upper = sources && chosen && visemesOnly ? serverOf(sources, time) : null;
    const leapt = chosen !== null && Math.abs(time - this.#lastTime) > LEAP_S;
    this.#sample(chosen, upper, time, smoothing);
    if (chosen !== this.#source || upper !== this.#upper || leapt) this.#startFade(chosen, now, quickRelease);
    this.#source = chosen;
    this.#upper = upper;
    this.#mix(now);
    this.#lastNow = now;
    this.#lastTime = time;
    return this.rank !== before;
  }

  /** Neutral, at once. */
  reset() {
    this.#source = this.#upper = null;
    this.#fadeMs = 0;
    this.weights.fill(0);
  }

  /**
   * @param {readonly Source[]} sources
   * @param {number} time
   * @param {boolean} visemesOnly the server is left out
   */
  #choose(sources, time, visemesOnly) {
    const shown = this.#source ? sources.indexOf(this.#source) : -1;
    for (let i = 0; i < sources.length; i++) {
      if (visemesOnly && sources[i].rank === "server") continue;
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
   * @param {Source | null} source
   * @param {Source | null} upper
   * @param {number} time
   * @param {number} smoothing
   */
  #sample(source, upper, time, smoothing) {
    if (!source) {
      this.#target.fill(0);
      return;
    }
    source.sample(time, this.#target, smoothing);
    if (!source.writesVisemes) this.#deriveVisemes();
    if (!upper) return;
    upper.sample(time, this.#upperFace, smoothing);
    for (let i = 0; i < UPPER.length; i++) this.#target[UPPER[i]] = this.#upperFace[UPPER[i]];
  }

  /** The visemes of a source that only knows ARKit. */
  #deriveVisemes() {
    this.#target[SILENCE] = 0;
    this.#visemes.write(this.#target);
  }

  /**
   * Begins a fade: from the face that was shown to the one that is wanted.
   * @param {Source | null} source
   * @param {number} now
   * @param {boolean} quickRelease
   */
  #startFade(source, now, quickRelease) {
    for (let i = 0; i < FACE_WIDTH; i++) this.#offset[i] = this.weights[i] - this.#target[i];
    this.#fadeStart = Math.max(this.#lastNow, now - LONGEST_TICK_MS);
    if (source) this.#fadeMs = FADE_MS;
    else this.#fadeMs = quickRelease ? QUICK_RELEASE_MS : RELEASE_MS;
  }

  /** @param {number} now */
  #mix(now) {
    const left = this.#fadeMs > 0 ? Math.max(0, 1 - (now - this.#fadeStart) / this.#fadeMs) : 0;
    if (left === 0) this.#fadeMs = 0;
    for (let i = 0; i < FACE_WIDTH; i++) {
      this.weights[i] = Math.min(1, Math.max(0, this.#target[i] + this.#offset[i] * left));
    }
  }
}

/**
 * The server's frames, if there are some for this instant.
 * @param {readonly Source[]} sources
 * @param {number} time
 */
function serverOf(sources, time) {
  for (let i = 0; i < sources.length; i++) {
    if (sources[i].rank === "server") return sources[i].ahead(time) >= -PATIENCE_S ? sources[i] : null;
  }
  return null;
}
