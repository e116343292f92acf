import { smoothstep } from "./ease.js";

/** @import { SeededRandom } from "./random.js" */

/**
 * Seconds between small saccades while looking at a face, and their maximum distance from its middle in
 * degrees.
 */
const REST_S = [0.5, 2.5];
const REACH = [1.6, 1];
/**
 * Duration of a saccade: 21 ms plus 2.2 ms per degree (Bahill, Clark and Stark 1975), with a minimum of 30
 * ms.
 */
const MIN_JUMP_S = 0.03;
const JUMP_S = 0.021;
const JUMP_S_A_DEGREE = 0.0022;
/** Probability of looking away, then angle, height and duration of it. @type {Record<GazeMode, number>} */
const AWAY = { listening: 0.07, speaking: 0.12, thinking: 0.55 };
const AWAY_SIDE = [7, 15];
const AWAY_UP = [-6, 7];
/** People look up while thinking. */
const THINKING_UP = [1, 9];
const AWAY_S = [0.4, 1.1];
/** A saccade of at least this many degrees is a gaze shift, which people often accompany with a blink. */
const SHIFT = 7;

/**
 * @typedef {"listening" | "speaking" | "thinking"} GazeMode state of the character, which determines how
 *   often it looks away
 */

/** Spontaneous eye movements, in degrees relative to the gaze target. */
export class Saccades {
  /** Degrees to the character's left, and up. */
  left = 0;
  up = 0;
  /** Start of the last gaze shift, seconds. */
  shiftedAt = Number.NEGATIVE_INFINITY;
  #random;
  #fromLeft = 0;
  #fromUp = 0;
  #toLeft = 0;
  #toUp = 0;
  #at = 0;
  #jumpDuration = MIN_JUMP_S;
  #next = 0.5;
  #away = false;

  /** @param {SeededRandom} random */
  constructor(random) {
    this.#random = random;
  }

  /**
   * @param {number} time seconds on a clock that never runs backwards
   * @param {GazeMode} mind
   */
  update(time, mind) {
    while (time >= this.#next) this.#jump(this.#next, mind);
    this.#place(time);
  }

  /**
   * @param {number} at
   * @param {GazeMode} mind
   */
  #jump(at, mind) {
    const random = this.#random;
    this.#place(at);
    this.#fromLeft = this.left;
    this.#fromUp = this.up;
    this.#away = !this.#away && random.chance(AWAY[mind]);
    if (this.#away) this.#lookAway(mind);
    else this.#lookHere();
    const far = Math.hypot(this.#toLeft - this.#fromLeft, this.#toUp - this.#fromUp);
    if (far >= SHIFT) this.shiftedAt = at;
    this.#at = at;
    this.#jumpDuration = Math.max(MIN_JUMP_S, JUMP_S + JUMP_S_A_DEGREE * far);
    const [shortest, longest] = this.#away ? AWAY_S : REST_S;
    this.#next = at + random.between(shortest, longest);
  }

  #lookHere() {
    this.#toLeft = this.#random.between(-REACH[0], REACH[0]);
    this.#toUp = this.#random.between(-REACH[1], REACH[1]);
  }

  /** @param {GazeMode} mind */
  #lookAway(mind) {
    const random = this.#random;
    const [low, high] = mind === "thinking" ? THINKING_UP : AWAY_UP;
    const side = random.between(AWAY_SIDE[0], AWAY_SIDE[1]);
    this.#toLeft = random.chance(0.5) ? side : -side;
    this.#toUp = random.between(low, high);
  }

  /** @param {number} time */
  #place(time) {
    const done = smoothstep((time - this.#at) / this.#jumpDuration);
    this.left = this.#fromLeft + (this.#toLeft - this.#fromLeft) * done;
    this.up = this.#fromUp + (this.#toUp - this.#fromUp) * done;
  }
}
