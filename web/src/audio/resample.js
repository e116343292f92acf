/**
 * Changes the sample rate of a stream with cubic interpolation, piece by piece and without seams. The quality
 * is sufficient for playing and recognising speech.
 */
export class Resampler {
  #from;
  #to;
  /**
   * Position of the next output sample, in input samples times `to`. An integer, so that it does not drift.
   */
  #phase = 0;
  #tail = new Float32Array(3);

  /**
   * @param {number} from Hertz
   * @param {number} to Hertz
   */
  constructor(from, to) {
    this.#from = from;
    this.#to = to;
  }

  /**
   * @param {Float32Array} input
   * @returns {Float32Array}
   */
  process(input) {
    if (this.#from === this.#to) return input;
    const known = new Float32Array(3 + input.length);
    known.set(this.#tail);
    known.set(input, 3);
    this.#tail = known.slice(-3);
    return this.#interpolate(known, input.length);
  }

  /**
   * @param {Float32Array} known three samples of the past, then the new ones
   * @param {number} length number of new samples
   */
  #interpolate(known, length) {
    const count = Math.max(0, Math.ceil((length * this.#to - this.#phase) / this.#from));
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) out[i] = cubic(known, (this.#phase + i * this.#from) / this.#to);
    this.#phase += count * this.#from - length * this.#to;
    return out;
  }
}

/**
 * Catmull–Rom interpolation between the second and third of four neighbours.
 * @param {Float32Array} samples
 * @param {number} position index of the first of the four
 */
function cubic(samples, position) {
  const i = Math.floor(position);
  const x = position - i;
  const a = samples[i];
  const b = samples[i + 1];
  const c = samples[i + 2];
  const d = samples[i + 3];
  return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
}
