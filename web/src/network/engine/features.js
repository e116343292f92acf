import { Basis } from "./basis.js";
import { roundUp, WindowSizes } from "./sizes.js";

/**
 * @import { Heap } from "./heap.js"
 * @import { NetworkLayout, Tensor } from "./network_file.js"
 * @import { SampleLine } from "./sample_line.js"
 */

/** Bases that are kept, for voices of different sample rates. */
const MOST_BASES = 4;

/** Computes the log-mel features of a batch of steps. Zero is silence. */
export class Features {
  /** @type {Map<number, {sizes: WindowSizes, basis: Basis}>} */
  #rates = new Map();
  #heap;
  #layout;
  #most;
  #scale;
  #shift;
  #pitches;
  /** Place of the basis and of the sums, for frames of up to #rows. */
  #rows = 0;
  #even = 0;
  #odd = 0;
  #left = 0;
  #right = 0;
  #cosines;
  #sines;
  /** Rate of the basis in the heap. */
  #loaded = 0;

  /**
   * @param {Heap} heap
   * @param {NetworkLayout} layout
   * @param {Map<string, Tensor>} tensors
   * @param {number} most steps of a batch
   */
  constructor(heap, layout, tensors, most) {
    const { bands, perBand } = layout.features;
    this.#heap = heap;
    this.#layout = layout;
    this.#most = most;
    this.#scale = /** @type {Tensor} */ (tensors.get("features.scale")).values;
    this.#shift = /** @type {Tensor} */ (tensors.get("features.shift")).values;
    this.#pitches = roundUp(bands * perBand);
    this.#cosines = heap.allocate(2 * most * this.#pitches);
    this.#sines = heap.allocate(2 * most * this.#pitches);
  }

  /** @param {number} rate Hertz */
  sizes(rate) {
    return this.#rate(rate).sizes;
  }

  /**
   * Writes the features of steps into rows of the heap.
   * @param {SampleLine} line
   * @param {WindowSizes} sizes
   * @param {number} first step
   * @param {number} count
   * @param {number} to place of the first row
   * @param {number} stride floats from row to row
   */
  compute(line, sizes, first, count, to, stride) {
    this.#load(sizes);
    for (let t = 0; t < count; t++) {
      const start = sizes.start(first + t);
      this.#fold(line, sizes, start, 2 * t);
      this.#fold(line, sizes, start + sizes.hop, 2 * t + 1);
    }
    this.#measure(2 * count, sizes.rows);
    const { bands } = this.#layout.features;
    for (let row = 0; row < 2 * count; row++)
      this.#logarithms(row * this.#pitches, to + (row >> 1) * stride, (row & 1) * bands);
  }

  /** @param {number} rate */
  #rate(rate) {
    let known = this.#rates.get(rate);
    if (!known) {
      const sizes = new WindowSizes(this.#layout.features, rate, this.#layout.stepRate);
      known = { sizes, basis: new Basis(this.#layout.features, sizes) };
    }
    this.#rates.delete(rate);
    this.#rates.set(rate, known);
    if (this.#rates.size > MOST_BASES)
      this.#rates.delete(/** @type {number} */ (this.#rates.keys().next().value));
    return known;
  }

  /** Puts the basis of a rate into the heap. @param {WindowSizes} sizes */
  #load(sizes) {
    if (sizes.rate === this.#loaded) return;
    if (sizes.rows > this.#rows) this.#reserve(sizes.rows);
    const { basis } = this.#rate(sizes.rate);
    this.#loaded = sizes.rate;
    this.#place(basis.even, this.#even, sizes.rows);
    this.#place(basis.odd, this.#odd, sizes.rows);
    this.#heap.floats.fill(0, this.#left, this.#right + 2 * this.#most * this.#rows);
  }

  /** @param {number} rows */
  #reserve(rows) {
    this.#rows = rows;
    this.#even = this.#heap.allocate(rows * this.#pitches);
    this.#odd = this.#heap.allocate(rows * this.#pitches);
    this.#left = this.#heap.allocate(2 * this.#most * rows);
    this.#right = this.#heap.allocate(2 * this.#most * rows);
  }

  /**
   * Writes waves as panels of eight.
   * @param {Float64Array[]} waves
   * @param {number} at
   * @param {number} rows
   */
  #place(waves, at, rows) {
    const { floats } = this.#heap;
    floats.fill(0, at, at + rows * this.#pitches);
    waves.forEach((wave, pitch) => {
      const column = at + (pitch >> 3) * 8 * rows + (pitch & 7);
      for (let k = 0; k < wave.length; k++) floats[column + 8 * k] = wave[k];
    });
  }

  /**
   * Writes the sums and differences of samples at equal distances from the middle of a measurement.
   * @param {SampleLine} line
   * @param {WindowSizes} sizes
   * @param {number} start first sample
   * @param {number} row
   */
  #fold(line, { frame, half, rows }, start, row) {
    const { floats } = this.#heap;
    const { samples, first, end } = line;
    const right = start + (frame >> 1) - first;
    const left = start + ((frame - 1) >> 1) - first;
    const [sum, difference, last] = [this.#left + row * rows, this.#right + row * rows, end - first];
    for (let k = 0; k < half; k++) {
      const b = right + k >= 0 && right + k < last ? samples[right + k] : 0;
      const a = left - k >= 0 && left - k < last ? samples[left - k] : 0;
      floats[sum + k] = a + b;
      floats[difference + k] = b - a;
    }
    // The middle of an odd frame is one sample, not two.
    if (frame % 2) floats[sum] /= 2;
  }

  /**
   * @param {number} count rows
   * @param {number} length
   */
  #measure(count, length) {
    const [heap, pitches] = [this.#heap, this.#pitches];
    heap.floats.fill(0, this.#cosines, this.#sines + 2 * this.#most * pitches);
    heap.multiply(this.#left, length, this.#even, this.#cosines, pitches, count, length, pitches);
    heap.multiply(this.#right, length, this.#odd, this.#sines, pitches, count, length, pitches);
  }

  /**
   * @param {number} row place of a row of pitches, relative
   * @param {number} to
   * @param {number} first feature
   */
  #logarithms(row, to, first) {
    const { floats } = this.#heap;
    const { bands, perBand, quiet } = this.#layout.features;
    const [c, s] = [this.#cosines + row, this.#sines + row];
    for (let band = 0; band < bands; band++) {
      let power = 0;
      for (let i = band * perBand; i < (band + 1) * perBand; i++)
        power += floats[c + i] ** 2 + floats[s + i] ** 2;
      const feature = first + band;
      const logarithm = Math.log(1 + power / (perBand * quiet));
      floats[to + feature] = this.#scale[feature] * logarithm + this.#shift[feature];
    }
  }
}
