import { BLENDSHAPES } from "../arkit.js";
import { FACE_WIDTH, oculusIndex } from "../oculus.js";
import { VisemeFit } from "../viseme_animation/fit.js";
import { StallHold } from "./stall_hold.js";

/** @import { Rank, Source, Supply } from "../types.js" */

/**
 * Durations in milliseconds of a change of source, of the release to neutral, and of the release after an
 * interruption.
 */
const FADE_MS = 100;
const RELEASE_MS = 200;
const QUICK_RELEASE_MS = 70;
/**
 * Lateness at which another source takes over, in seconds. With the fade, the change completes within 150 ms.
 */
const PATIENCE_S = 0.04;
/** Data that a better source must have in hand before it takes over, in seconds. Prevents flapping. */
const RESERVE_S = 0.05;
/** A larger jump of the playback position is a seek, which is faded too. */
const LEAP_S = 0.25;
/** Upper limit of a tick, so that a tab that was hidden fades instead of jumping. */
const LONGEST_TICK_MS = 17;
const SILENCE = oculusIndex("sil");
/** Eyes and brows, which only server frames animate. */
const UPPER = Int16Array.from(
  BLENDSHAPES.flatMap((name, index) => (/^(eye|brow)/.test(name) ? [index] : [])),
);

/**
 * @typedef {object} SelectionOptions
 * @property {boolean} [quickRelease] release to neutral quickly, after an interruption
 * @property {"server" | "viseme"} [lipSync] "viseme": server frames move only eyes and brows
 * @property {Supply} [supply] whether the audio keeps coming
 */

/** @type {SelectionOptions} */
const NO_OPTIONS = {};

/**
 * On every tick, selects the best source that has data for the playback position. When the selection changes,
 * the difference between the shown face and the new source fades out over 100 ms. The face follows the new
 * source from the first tick and never jumps.
 */
export class SourceSelector {
  /** Current full face. */
  weights = new Float32Array(FACE_WIDTH);
  #target = new Float32Array(FACE_WIDTH);
  #offset = new Float32Array(FACE_WIDTH);
  #upperFace = new Float32Array(FACE_WIDTH);
  #visemes = VisemeFit.ofAll();
  #stall = new StallHold();
  /** @type {Source | null} */
  #source = null;
  /** Source of eyes and brows, if it differs. @type {Source | null} */
  #upper = null;
  #fadeStart = 0;
  #fadeMs = 0;
  #lastNow = 0;
  #lastTime = 0;

  /** @returns {Rank} */
  get rank() {
    return this.#source ? this.#source.rank : "neutral";
  }

  /** True if server frames move eyes, lids and brows. */
  get serverLeads() {
    return this.rank === "server" || this.#upper !== null;
  }

  /** Neutral, and no fade in progress. */
  get settled() {
    return this.#source === null && this.#fadeMs === 0;
  }

  /**
   * @param {readonly Source[] | null} sources best first; null: release to neutral
   * @param {number} time playback position, seconds of the utterance
   * @param {number} now ms
   * @param {number} smoothing 0–1
   * @param {SelectionOptions} [options]
   * @returns {boolean} true if the source's rank changed
   */
  select(
    sources,
    time,
    now,
    smoothing,
    { quickRelease = false, lipSync = "server", supply = "ample" } = NO_OPTIONS,
  ) {
    const before = this.rank;
    const visemesOnly = lipSync === "viseme";
    const best = sources ? this.#choose(sources, time, visemesOnly) : null;
    const chosen = sources ? this.#duringStall(sources, best, supply, now) : null;
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

  /** Resets to neutral immediately. */
  reset() {
    this.#source = this.#upper = null;
    this.#stall.reset();
    this.#fadeMs = 0;
    this.weights.fill(0);
  }

  /**
   * @param {readonly Source[]} sources
   * @param {number} time
   * @param {boolean} visemesOnly whether to skip the frames of server and network
   */
  #choose(sources, time, visemesOnly) {
    const shown = this.#source ? sources.indexOf(this.#source) : -1;
    for (let i = 0; i < sources.length; i++) {
      if (visemesOnly && (sources[i].rank === "server" || sources[i].rank === "network")) continue;
      if (sources[i].ahead(time) >= this.#needed(i, shown)) return sources[i];
    }
    return null;
  }

  /**
   * Replaces the best source while the audio has stalled or is about to.
   * @param {readonly Source[]} sources
   * @param {Source | null} best
   * @param {Supply} supply
   * @param {number} now
   */
  #duringStall(sources, best, supply, now) {
    const shown = this.#source ? sources.indexOf(this.#source) : -1;
    const worse = shown >= 0 && (best === null || sources.indexOf(best) > shown);
    const action = this.#stall.decide(supply, worse, now);
    if (action === "rest") return null;
    return action === "hold" && shown >= 0 ? this.#source : best;
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

  /** Derives the visemes of a source that provides ARKit only. */
  #deriveVisemes() {
    this.#target[SILENCE] = 0;
    this.#visemes.write(this.#target);
  }

  /**
   * Starts a fade from the shown face to the target.
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
 * Returns the server source if it has frames for this position.
 * @param {readonly Source[]} sources
 * @param {number} time
 */
function serverOf(sources, time) {
  for (let i = 0; i < sources.length; i++) {
    if (sources[i].rank === "server") return sources[i].ahead(time) >= -PATIENCE_S ? sources[i] : null;
  }
  return null;
}
