import { closure, pressure, REACH_S, silence } from "./envelopes.js";
import { BITE, SEAL, SILENCE } from "./shapes.js";

/** @import { VisemeMarks } from "./marks.js" */

/**
 * Lips stay closed no longer than this. A longer span contains sounds without marks, which start after this
 * fraction of it.
 */
export const LONGEST_CLOSURE_S = 0.25;
export const HIDES_AFTER = 0.65;

/**
 * Cases that override the blend, each 0–1: closed lips (seal) and their pressure, lip on teeth (bite),
 * silence (rest).
 */
export class VisemeGates {
  seal = 0;
  bite = 0;
  rest = 0;
  press = 0;
  #marks;

  /** @param {VisemeMarks} marks */
  constructor(marks) {
    this.#marks = marks;
  }

  /**
   * Resets; only the rest before the first mark and after the end remains.
   * @param {number} time seconds
   */
  clear(time) {
    this.seal = this.bite = this.press = 0;
    this.rest = this.#restOutside(time);
  }

  /**
   * Adds a silence. Consecutive silences count as one.
   * @param {number} i index of its mark
   * @param {number} time seconds
   */
  addSilence(i, time) {
    const marks = this.#marks;
    const final = marks.count - 1;
    let first = i;
    let last = i;
    while (first > 0 && marks.idOf(first - 1) === SILENCE && marks.startOf(first) > time - REACH_S) first--;
    while (last < final && marks.idOf(last + 1) === SILENCE && marks.startOf(last) < time + REACH_S) last++;
    const start = first === 0 ? -Infinity : marks.startOf(first);
    const end = last === final ? Infinity : marks.startOf(last + 1);
    this.rest = Math.max(this.rest, silence(start, end, time));
  }

  /**
   * Adds a closure, and the same closure if it is repeated by the next mark.
   * @param {number} i index of its mark
   * @param {number} end seconds
   * @param {number} time
   */
  addClosure(i, end, time) {
    const marks = this.#marks;
    const start = marks.startOf(i);
    const before = (marks.startOf(i - 1) + start) / 2;
    this.#addSpan(i, start, end, before, (end + marks.startOf(i + 2)) / 2, time);
    if (marks.idOf(i + 1) !== marks.idOf(i)) return;
    const next = Math.min(marks.startOf(i + 2), marks.startOf(i + 1) + LONGEST_CLOSURE_S * HIDES_AFTER);
    this.#addSpan(i, start, next, before, (next + marks.startOf(i + 3)) / 2, time);
  }

  /**
   * @param {number} i index of the mark
   * @param {number} start seconds
   * @param {number} end
   * @param {number} before middle of the previous sound
   * @param {number} after middle of the next sound
   * @param {number} time
   */
  #addSpan(i, start, end, before, after, time) {
    const share = closure(start, end, before, after, time);
    if (this.#marks.idOf(i) === BITE) this.bite = Math.max(this.bite, share);
    else {
      this.seal = Math.max(this.seal, share);
      this.press = Math.max(this.press, pressure(start, end, time));
    }
  }

  /** @param {number} time seconds @returns {number} 0–1 */
  #restOutside(time) {
    const marks = this.#marks;
    if (marks.count === 0) return 1;
    const before = marks.idOf(0) === SILENCE ? 0 : silence(-Infinity, marks.startOf(0), time);
    return Math.max(before, silence(marks.end, Infinity, time));
  }
}

/** Returns true for closed lips and lip on teeth. @param {number} id @returns {boolean} */
export function isClosure(id) {
  return id === SEAL || id === BITE;
}
