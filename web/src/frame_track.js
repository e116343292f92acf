import { SHAPE_COUNT } from "./arkit.js";

/** The last frame is held for this many seconds after the end. */
const TAIL_S = 0.1;
/** Half-width in seconds that `smoothing: 1` adds to the kernel. */
const WIDEST_S = 0.1;
/** Number of frames over which a continuation is blended with the frames before it. */
const SPLICE_FRAMES = 6;

/**
 * Frames on a time axis: frame i is the face at i / fps seconds. Frames are appended at the end and trimmed
 * at the start (a microphone never ends). Reading any instant allocates nothing.
 */
export class FrameTrack {
  #data;
  #width;
  #first = 0;
  #end = 0;
  #complete = false;
  #splice = -1;
  /** @type {Float32Array | null} */
  #spliceFrom = null;

  /**
   * @param {number} fps frames per second
   * @param {number} [width] weights per frame
   */
  constructor(fps, width = SHAPE_COUNT) {
    this.fps = fps;
    this.#width = width;
    this.#data = new Float32Array(64 * width);
  }

  /** Index after the last frame. */
  get end() {
    return this.#end;
  }

  /** Marks the track as complete. */
  finish() {
    this.#complete = true;
  }

  /** Allows more frames after all, because the server starts over. */
  reopen() {
    this.#complete = false;
  }

  /**
   * Returns the seconds of frames after an instant: negative if frames are late, Infinity if the track is
   * complete, −Infinity if it is empty or has ended.
   * @param {number} time seconds
   */
  ahead(time) {
    if (this.#end === this.#first) return -Infinity;
    if (this.#complete) return time <= this.#end / this.fps + TAIL_S ? Infinity : -Infinity;
    return (this.#end - 1) / this.fps - time;
  }

  /**
   * Writes frames. A gap before them is interpolated linearly.
   * @param {number} first index of the first frame
   * @param {ArrayLike<number>} values frames × columns
   * @param {ArrayLike<number> | null} [columns] index here for each column of `values`, −1 to skip it
   * @param {number} [scale] factor for each value
   */
  put(first, values, columns = null, scale = 1) {
    const stride = columns ? columns.length : this.#width;
    const count = Math.floor(values.length / stride);
    if (this.#end === this.#first) this.#first = this.#end = first;
    if (count === 0 || first < this.#first) return;
    this.#reserve(first + count);
    const before = this.#end;
    for (let i = 0; i < count; i++) this.#putFrame(first + i, values, i * stride, columns, scale);
    if (first > before) this.#interpolateGap(before, first);
    this.#end = Math.max(before, first + count);
  }

  /**
   * Marks the frame at which a new server utterance continues an earlier one. Its first frames are blended
   * with the frames before.
   * @param {number} frame
   */
  splice(frame) {
    this.#splice = frame;
    this.#spliceFrom = null;
  }

  /**
   * Reads the face at an instant with a triangular kernel. Without smoothing its width is that of linear
   * interpolation; with smoothing it is wider but stays symmetric, so it adds no lag at any display rate.
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
   * Drops frames before an instant.
   * @param {number} time seconds
   */
  trim(time) {
    const keep = Math.min(Math.floor(time * this.fps), this.#end - 1);
    // Memory is moved once per 30 seconds of frames, not for every frame.
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
    if (frame === this.#splice) this.#rememberBeforeSplice();
    for (let i = 0; i < (columns ? columns.length : this.#width); i++) {
      const column = columns ? columns[i] : i;
      if (column >= 0) this.#data[at + column] = values[offset + i] * scale;
    }
    const past = frame - this.#splice;
    if (this.#spliceFrom && past >= 0 && past < SPLICE_FRAMES)
      this.#blendSplice(at, (past + 1) / (SPLICE_FRAMES + 1));
  }

  #rememberBeforeSplice() {
    const at = (this.#splice - 1 - this.#first) * this.#width;
    const known = at >= 0 && this.#splice <= this.#end;
    this.#spliceFrom = known ? this.#data.slice(at, at + this.#width) : null;
  }

  /**
   * @param {number} at
   * @param {number} share weight of the new frame, 0–1
   */
  #blendSplice(at, share) {
    const from = /** @type {Float32Array} */ (this.#spliceFrom);
    for (let i = 0; i < this.#width; i++) {
      this.#data[at + i] = from[i] + (this.#data[at + i] - from[i]) * share;
    }
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #interpolateGap(from, to) {
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
