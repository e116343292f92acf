import { clampMagnitude, decay, smoothstep } from "./ease.js";

/** @import { Loudness } from "../audio/loudness.js" */

/**
 * Interval at which loudness is read, seconds. A stress is the loudest point within this many steps before
 * and after it.
 */
const STEP_S = 1 / 60;
const HALF_WINDOW = 12;
const WINDOW = 2 * HALF_WINDOW + 1;
/** Minimum loudness of a stress (0–1), and how much it must exceed the mean around it. */
const MIN_LOUDNESS = 0.5;
const MIN_PROMINENCE = 0.1;
/**
 * Size of a nod in degrees: minimum, growth with prominence, maximum; seconds of the movement down before the
 * stress and up after it.
 */
const MIN_NOD = 0.8;
const NOD_GROWTH = 6;
const MAX_NOD = 3;
const DOWN_S = 0.2;
const UP_S = 0.38;
/** Minimum seconds between nods. */
const MIN_INTERVAL_S = 0.7;
/** Maximum number of nods in progress. */
const MAX_NODS = 4;
/** A larger jump of the playback position is a seek. */
const LEAP_S = 0.25;
const CARRY_S = 0.08;
/** Maximum seconds of audio read in one tick. */
const READ_S = 1.5;

/**
 * Nods on stressed syllables. The audio is known ahead of playback, so the head arrives with the syllable.
 * There are no nods to live audio, which is not known ahead.
 */
export class Nods {
  /** Degrees down. */
  angle = 0;
  /** How stressed the current instant is, 0–1. */
  stress = 0;
  #at = new Float64Array(MAX_NODS).fill(Number.NEGATIVE_INFINITY);
  #size = new Float64Array(MAX_NODS);
  #levels = new Float64Array(WINDOW);
  #count = 0;
  #last = 0;
  #read = 0;
  #time = 0;
  #carry = 0;
  /** @type {unknown} */
  #utterance = null;

  /**
   * @param {{loudness: Loudness | null} | null} utterance the one being played
   * @param {number} time playback position, seconds
   * @param {number} elapsed seconds since the last step
   */
  update(utterance, time, elapsed) {
    const now = utterance ? time : this.#time + elapsed;
    const leapt = Math.abs(now - this.#time) > LEAP_S + elapsed;
    if (utterance && (utterance !== this.#utterance || leapt)) this.#restart(utterance, now);
    this.#time = now;
    this.#carry *= decay(elapsed, CARRY_S);
    if (utterance?.loudness) this.#readLoudness(utterance.loudness, now);
    this.#sum(now);
  }

  /**
   * @param {unknown} utterance
   * @param {number} time
   */
  #restart(utterance, time) {
    this.#utterance = utterance;
    this.#carry = this.angle;
    this.#at.fill(Number.NEGATIVE_INFINITY);
    this.#read = Math.ceil(time / STEP_S);
    this.#last = Number.NEGATIVE_INFINITY;
    this.#count = 0;
  }

  /**
   * @param {Loudness} loudness
   * @param {number} time
   */
  #readLoudness(loudness, time) {
    const until = time + DOWN_S + (HALF_WINDOW + 1) * STEP_S;
    if (this.#read * STEP_S < time - READ_S) this.#read = Math.ceil(time / STEP_S);
    for (; this.#read * STEP_S <= until; this.#read++) {
      const level = loudness.level(this.#read * STEP_S);
      if (level < 0) return;
      this.#levels[this.#count++ % WINDOW] = level;
      if (this.#count >= WINDOW) this.#detectStress((this.#read - HALF_WINDOW) * STEP_S, time);
    }
  }

  /**
   * Starts a nod if the middle of the window is a stress.
   * @param {number} at seconds
   * @param {number} time playback position
   */
  #detectStress(at, time) {
    const middle = this.#levels[(this.#count - 1 - HALF_WINDOW) % WINDOW];
    let sum = 0;
    for (let i = 0; i < WINDOW; i++) {
      if (this.#levels[i] > middle) return;
      sum += this.#levels[i];
    }
    const prominence = middle - sum / WINDOW;
    const early = at - DOWN_S >= time - STEP_S;
    if (middle < MIN_LOUDNESS || prominence < MIN_PROMINENCE || !early || at - this.#last < MIN_INTERVAL_S)
      return;
    this.#nod(at, Math.min(MAX_NOD, MIN_NOD + NOD_GROWTH * (prominence - MIN_PROMINENCE)));
  }

  /**
   * @param {number} at
   * @param {number} size
   */
  #nod(at, size) {
    this.#last = at;
    let oldest = 0;
    for (let i = 1; i < MAX_NODS; i++) if (this.#at[i] < this.#at[oldest]) oldest = i;
    this.#at[oldest] = at;
    this.#size[oldest] = size;
  }

  /** @param {number} time */
  #sum(time) {
    let angle = 0;
    for (let i = 0; i < MAX_NODS; i++) {
      const since = time - this.#at[i];
      angle += this.#size[i] * (since < 0 ? smoothstep(1 + since / DOWN_S) : 1 - smoothstep(since / UP_S));
    }
    this.stress = Math.min(1, angle / MAX_NOD);
    this.angle = clampMagnitude(angle + this.#carry, 2 * MAX_NOD);
  }
}
