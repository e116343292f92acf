import { SHAPE_COUNT } from "./arkit.js";

/** How long the last frame stands for itself, in seconds, when no more will come. */
const TAIL_S = 0.1;
/** Half-width that `smoothing: 1` adds to the kernel, in seconds. */
const WIDEST_S = 0.1;
/** Over how many frames the start of a new segment is drawn to the end of the one before. */
const SPLICE_FRAMES = 6;

/**
 * Frames on a clock: frame i is the face at i / fps seconds. Grows at one end, may be trimmed at the other
 * (a microphone never ends), and is read at any instant without allocating.
 */
export class FrameTrack {
  #data;
  #width;
  #first = 0;
  #end = 0;
  #complete = false;
  #splice = -1;
  /** @type {Float32Array | null} */
  #seamFrom = null;

  /**
   * @param {number} fps frames per second
   * @param {number} [width] weights a frame
   */
  constructor(fps, width = SHAPE_COUNT) {
    this.fps = fps;
    this.#width = width;
    this.#data = new Float32Array(64 * width);
  }

  /** One more than the index of the last frame. */
  get end() {
    return this.#end;
  }

  /** No more frames will come. */
  finish() {
    this.#complete = true;
  }

  /** More frames will come after all (the server starts over). */
  reopen() {
    this.#complete = false;
  }

  /**
   * Seconds of frames beyond an instant: negative when they are late, Infinity when nothing is missing,
   * −Infinity when there is nothing at all.
   * @param {number} time seconds
   */
  ahead(time) {
    if (this.#end === this.#first) return -Infinity;
    if (this.#complete) return time <= this.#end / this.fps + TAIL_S ? Infinity : -Infinity;
    return (this.#end - 1) / this.fps - time;
  }

  /**
   * Writes frames; a gap before them is bridged in a straight line.
   * @param {number} first index of the first frame
   * @param {ArrayLike<number>} values frames × columns
   * @param {ArrayLike<number> | null} [columns] for each column of `values` the one here, −1 to skip it
   * @param {number} [scale] multiplies each value
   */
  put(first, values, columns = null, scale = 1) {
    const stride = columns ? columns.length : this.#width;
    const count = Math.floor(values.length / stride);
    if (this.#end === this.#first) this.#first = this.#end = first;
    if (count === 0 || first < this.#first) return;
    this.#reserve(first + count);
    const before = this.#end;
    for (let i = 0; i < count; i++) this.#putFrame(first + i, values, i * stride, columns, scale);
    if (first > before) this.#bridge(before, first);
    this.#end = Math.max(before, first + count);
  }

  /**
   * The segment that starts at this frame continues another: its first frames are drawn to what is there.
   * @param {number} frame
   */
  splice(frame) {
    this.#splice = frame;
    this.#seamFrom = null;
  }

  /**
   * The face at an instant. The kernel is a hat around it: at smoothing 0 it is as wide as linear
   * interpolation needs; wider, it averages symmetrically, so it adds no lag at any display rate.
   * @param {number} time seconds
   * @param {Float32Array} out one frame
   * @param {number} [smoothing] 0–1
   */
  sample(time, out, smoothing = 0) {
    out.fill(0);
    if (this.#end === this.#first) return;
    const x = Math.min(Math.max(time * this.fps, this.#first), this.#end - 1);
    const reach = 1 + smoothing * WIDEST_S * this.fps;
    const from = Math.max(this.#first, Math.ceil(x - reach));
    const to = Math.min(this.#end - 1, Math.floor(x + reach));
    let total = 0;
    for (let frame = from; frame <= to; frame++) total += reach - Math.abs(x - frame);
    for (let frame = from; frame <= to; frame++)
      this.#addFrame(frame, out, (reach - Math.abs(x - frame)) / total);
  }

  /**
   * Forgets what lies before an instant.
   * @param {number} time seconds
   */
  trim(time) {
    const keep = Math.min(Math.floor(time * this.fps), this.#end - 1);
    // Moving memory for every frame would be wasteful; half a minute at a time is not.
    if (keep - this.#first < this.fps * 30) return;
    this.#data.copyWithin(0, (keep - this.#first) * this.#width, (this.#end - this.#first) * this.#width);
    this.#first = keep;
  }

  /**
   * @param {number} frame
   * @param {Float32Array} out
   * @param {number} gain
   */
  #addFrame(frame, out, gain) {
    const at = (frame - this.#first) * this.#width;
    for (let i = 0; i < this.#width; i++) out[i] += this.#data[at + i] * gain;
  }

  /**
   * @param {number} frame
   * @param {ArrayLike<number>} values
   * @param {number} offset
   * @param {ArrayLike<number> | null} columns
   * @param {number} scale
   */
  #putFrame(frame, values, offset, columns, scale) {
    const at = (frame - this.#first) * this.#width;
    if (frame === this.#splice) this.#holdSeam();
    for (let i = 0; i < (columns ? columns.length : this.#width); i++) {
      const column = columns ? columns[i] : i;
      if (column >= 0) this.#data[at + column] = values[offset + i] * scale;
    }
    const past = frame - this.#splice;
    if (this.#seamFrom && past >= 0 && past < SPLICE_FRAMES)
      this.#soften(at, (past + 1) / (SPLICE_FRAMES + 1));
  }

  #holdSeam() {
    const at = (this.#splice - 1 - this.#first) * this.#width;
    const known = at >= 0 && this.#splice <= this.#end;
    this.#seamFrom = known ? this.#data.slice(at, at + this.#width) : null;
  }

  /**
   * @param {number} at
   * @param {number} share of the new frame, 0–1
   */
  #soften(at, share) {
    const from = /** @type {Float32Array} */ (this.#seamFrom);
    for (let i = 0; i < this.#width; i++) {
      this.#data[at + i] = from[i] + (this.#data[at + i] - from[i]) * share;
    }
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #bridge(from, to) {
    const width = this.#width;
    const left = (from - 1 - this.#first) * width;
    const right = (to - this.#first) * width;
    for (let frame = from; frame < to; frame++) {
      const share = (frame - from + 1) / (to - from + 1);
      const at = (frame - this.#first) * width;
      for (let i = 0; i < width; i++) {
        this.#data[at + i] = this.#data[left + i] * (1 - share) + this.#data[right + i] * share;
      }
    }
  }

  /** @param {number} end */
  #reserve(end) {
    const needed = (end - this.#first) * this.#width;
    if (needed <= this.#data.length) return;
    const grown = new Float32Array(Math.max(needed, this.#data.length * 2));
    grown.set(this.#data);
    this.#data = grown;
  }
}
