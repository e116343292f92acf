import { smooth } from "./ease.js";

/** @import { SeededRandom } from "./random.js" */

/** Seconds between the small jumps of eyes that rest on a face, and degrees that they go from its middle. */
const REST_S = [0.5, 2.5];
const REACH = [1.6, 1];
/** A jump takes 21 ms and 2.2 a degree (Bahill, Clark and Stark 1975), small ones no less than 30 ms. */
const FLOOR_S = 0.03;
const JUMP_S = 0.021;
const JUMP_S_A_DEGREE = 0.0022;
/** How often a jump leads away from the face, how far, how high, and for how long. @type {Record<GazeMode, number>} */
const AWAY = { listening: 0.07, speaking: 0.12, thinking: 0.55 };
const AWAY_SIDE = [7, 15];
const AWAY_UP = [-6, 7];
/** Who thinks looks up. */
const THINKING_UP = [1, 9];
const AWAY_S = [0.4, 1.1];
/** A jump of so many degrees is a gaze shift, with which people blink. */
const SHIFT = 7;

/** @typedef {"listening" | "speaking" | "thinking"} GazeMode what one does who is looked at */

/** Where the eyes go by themselves, in degrees from whatever they look at. */
export class Saccades {
  /** To the character's left, and up. */
  left = 0;
  up = 0;
  /** When the last gaze shift began, seconds. */
  shiftedAt = Number.NEGATIVE_INFINITY;
  #random;
  #fromLeft = 0;
  #fromUp = 0;
  #toLeft = 0;
  #toUp = 0;
  #at = 0;
  #takes = FLOOR_S;
  #next = 0.5;
  #away = false;

  /** @param {SeededRandom} random */
  constructor(random) {
    this.#random = random;
  }

  /**
   * @param {number} time seconds of a clock that never goes back
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
    this.#takes = Math.max(FLOOR_S, JUMP_S + JUMP_S_A_DEGREE * far);
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
    const done = smooth((time - this.#at) / this.#takes);
    this.left = this.#fromLeft + (this.#toLeft - this.#fromLeft) * done;
    this.up = this.#fromUp + (this.#toUp - this.#fromUp) * done;
  }
}
