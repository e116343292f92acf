/** @import { Term } from "../oculus.js" */

/** Computes weighted sums of a face's channels. Uses typed arrays, so that a tick allocates nothing. */
export class ChannelMixer {
  /** One per row, 0–1. */
  values;
  #ends;
  #shapes;
  #gains;

  /** @param {readonly (readonly Term[])[]} rows */
  constructor(rows) {
    const terms = rows.flat();
    let end = 0;
    this.values = new Float32Array(rows.length);
    this.#ends = Int16Array.from(rows, (row) => {
      end += row.length;
      return end;
    });
    this.#shapes = Int16Array.from(terms, (term) => term.shape);
    this.#gains = Float32Array.from(terms, (term) => term.gain);
  }

  /** @param {Float32Array} face all channels */
  mix(face) {
    for (let row = 0, term = 0; row < this.values.length; row++) {
      let value = 0;
      for (; term < this.#ends[row]; term++) value += face[this.#shapes[term]] * this.#gains[term];
      this.values[row] = Math.min(1, Math.max(0, value));
    }
  }
}
