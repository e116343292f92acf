import { closure, pressure, REACH_S, silence } from "./envelopes.js";
import { BITE, SEAL, SILENCE } from "./shapes.js";

/** @import { VisemeMarks } from "./marks.js" */

/** Nobody keeps lips closed longer: a longer span hides sounds that were not told, after a share of this time. */
export const LONGEST_CLOSURE_S = 0.25;
export const HIDES_AFTER = 0.65;

/**
 * What no neighbour can open, 0–1: lips that meet and how firmly they are pressed, the lip at the teeth, silence.
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
   * Leaves only the rest before the first mark and after the end.
   * @param {number} time seconds
   */
  clear(time) {
    this.seal = this.bite = this.press = 0;
    this.rest = this.#restOutside(time);
  }

  /**
   * A run of silences is one.
   * @param {number} i mark of a silence
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
   * A closure, and the run of the same closures that begins with it.
   * @param {number} i its mark
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
   * @param {number} i mark
   * @param {number} start seconds
   * @param {number} end
   * @param {number} before the middle of the sound before
   * @param {number} after the middle of the sound after
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

/** @param {number} id @returns {boolean} whether it is lips that meet, or the lip at the teeth */
export function closes(id) {
  return id === SEAL || id === BITE;
}
