/**
 * The rank between the server's frames and loudness: mouth shapes from the visemes of a speech service. Marks
 * are kept; the shapes that they stand for are not known yet, so the rank never claims to have data.
 */
export class Visemes {
  rank = /** @type {const} */ ("viseme");
  /** @type {{time: number, id: number}[]} */
  marks = [];

  /**
   * @param {number} time seconds of the utterance
   * @param {number} id Azure viseme, 0–21
   */
  add(time, id) {
    this.marks.push({ time, id });
  }

  /** @returns {number} */
  ahead() {
    return -Infinity;
  }

  /**
   * @param {number} _time
   * @param {Float32Array} out
   */
  sample(_time, out) {
    out.fill(0);
  }
}
