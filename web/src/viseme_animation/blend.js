import { clamp, swell } from "./envelopes.js";
import * as S from "./shapes.js";

/**
 * Weight of the neutral face in the average, so that the face returns to neutral when no sound has much
 * influence.
 */
const NEUTRAL_WEIGHT = 0.05;
/** Opening of quiet vowels, and what full loudness adds. */
const EFFORT = [0.75, 0.4];

/** Weighted average of visemes, by their influence at an instant. */
export class VisemeBlend {
  values = new Float32Array(S.VALUES);
  #weights = new Float32Array(S.GROUPS);

  clear() {
    this.values.fill(0);
    this.#weights.fill(0);
  }

  /**
   * Adds one viseme.
   * @param {number} shape viseme that provides the face
   * @param {number} id viseme that provides the strength
   * @param {number} scale factor for the face
   * @param {number} start seconds
   * @param {number} end
   * @param {number} time
   */
  add(shape, id, scale, start, end, time) {
    const { values } = this;
    const before = Math.max(0, start - time);
    const after = Math.max(0, time - end);
    // Short sounds reach less far.
    const width = 0.75 + 0.25 * Math.min(1, (end - start) * 10);
    for (let group = 0, value = 0; group < S.GROUPS; group++) {
      const until = S.GROUP_END[group];
      const far = (before / S.EARLY[group] + after / S.LATE[group]) / width;
      const weight = far < 1 ? S.STRENGTHS[id * S.GROUPS + group] * (1 - far) ** 3 : 0;
      const amount = weight * scale * swell(start, end, time, S.SWELLS_FIRST[group]);
      this.#weights[group] += weight;
      for (; value < until; value++) values[value] += amount * S.REST[shape * S.VALUES + value];
    }
  }

  /**
   * Computes the average.
   * @param {number} level loudness of the voice, 0–1; negative if unknown
   */
  average(level) {
    const { values } = this;
    const effort = level < 0 ? 1 : EFFORT[0] + EFFORT[1] * Math.min(1, level);
    for (let group = 0, value = 0; group < S.GROUPS; group++) {
      const weight = this.#weights[group] + NEUTRAL_WEIGHT;
      for (; value < S.GROUP_END[group]; value++) {
        const grows = value < S.OPENING_END || value >= S.VOWELS_START;
        values[value] = clamp((values[value] / weight) * (grows ? effort : 1));
      }
    }
  }
}
