/** @import { Word } from "../types.js" */

const PUNCTUATION = /^[^\p{L}\p{N}]*$/u;

/** The words of an utterance, in order of time. Punctuation, which some voices report like words, is left out. */
export class SpokenWords {
  /** @type {Word[]} */
  #words = [];

  /**
   * @param {number} time seconds
   * @param {number} duration seconds
   * @param {string} text
   */
  add(time, duration, text) {
    if (PUNCTUATION.test(text)) return;
    const at = this.#after(time);
    this.#words.splice(at, 0, { time, duration, text });
  }

  /** Returns the last word that began before a time. @param {number} time seconds @returns {Word | null} */
  lastBefore(time) {
    for (let i = this.#words.length - 1; i >= 0; i--) if (this.#words[i].time < time) return this.#words[i];
    return null;
  }

  /** Drops words before the last one that began before a time. @param {number} time seconds */
  trim(time) {
    const last = this.lastBefore(time);
    // Many at a time, because it moves the list.
    const at = last ? this.#words.indexOf(last) : 0;
    if (at > 100) this.#words.splice(0, at);
  }

  /** Returns where a word of this time belongs. @param {number} time */
  #after(time) {
    let at = this.#words.length;
    while (at > 0 && this.#words[at - 1].time > time) at--;
    return at;
  }
}
