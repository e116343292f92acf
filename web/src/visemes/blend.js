import { clamp, swell } from "./envelopes.js";
import * as S from "./shapes.js";

/** Where hardly any sound has a hold, the face goes back to neutral instead of following the last trace of one. */
const LEAST_PULL = 0.05;
/** How wide a quiet vowel is, and what the loudest adds. */
const EFFORT = [0.75, 0.4];

/** The mean of what sounds ask for, each as firm as its hold on an instant. */
export class VisemeBlend {
  values = new Float32Array(S.VALUES);
  #pulls = new Float32Array(S.GROUPS);

  clear() {
    this.values.fill(0);
    this.#pulls.fill(0);
  }

  /**
   * Adds what a sound asks for, as firmly as it holds an instant.
   * @param {number} shape whose face it has
   * @param {number} id whose strength it has
   * @param {number} scale of the face
   * @param {number} start seconds
   * @param {number} end
   * @param {number} time
   */
  add(shape, id, scale, start, end, time) {
    const { values } = this;
    const before = Math.max(0, start - time);
    const after = Math.max(0, time - end);
    // A short sound reaches less far.
    const width = 0.75 + 0.25 * Math.min(1, (end - start) * 10);
    for (let group = 0, value = 0; group < S.GROUPS; group++) {
      const until = S.GROUP_END[group];
      const far = (before / S.EARLY[group] + after / S.LATE[group]) / width;
      const pull = far < 1 ? S.HOLD[id * S.GROUPS + group] * (1 - far) ** 3 : 0;
      const amount = pull * scale * swell(start, end, time, S.SWELLS_FIRST[group]);
      this.#pulls[group] += pull;
      for (; value < until; value++) values[value] += amount * S.REST[shape * S.VALUES + value];
    }
  }

  /**
   * Makes the mean of what was added.
   * @param {number} level of the voice, 0–1; negative: not known
   */
  average(level) {
    const { values } = this;
    const effort = level < 0 ? 1 : EFFORT[0] + EFFORT[1] * Math.min(1, level);
    for (let group = 0, value = 0; group < S.GROUPS; group++) {
      const pull = this.#pulls[group] + LEAST_PULL;
      for (; value < S.GROUP_END[group]; value++) {
        const grows = value < S.OPENING_END || value >= S.VOWELS_START;
        values[value] = clamp((values[value] / pull) * (grows ? effort : 1));
      }
    }
  }
}
