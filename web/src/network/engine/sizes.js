/**
 * @import { FeatureConstants } from "./network_file.js"
 */

/** The kernel computes this many columns at a time. */
export const PANEL = 8;

/**
 * @param {number} n
 * @param {number} [multiple]
 */
export const roundUp = (n, multiple = PANEL) => Math.ceil(n / multiple) * multiple;

/** Rounds halves to even, as Python does. @param {number} x */
function rounded(x) {
  const nearest = Math.round(x);
  return nearest - x === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}

/** Numbers of samples at a sample rate. */
export class WindowSizes {
  /**
   * @param {FeatureConstants} features
   * @param {number} rate Hertz
   * @param {number} stepRate
   */
  constructor(features, rate, stepRate) {
    this.rate = rate;
    this.stepRate = stepRate;
    /** Samples of a measurement. */
    this.frame = rounded(features.frame * rate);
    /** Samples between the two measurements of a step. */
    this.hop = rounded(features.hop * rate);
    this.window = this.frame + this.hop;
    /** Samples of a step's window before the step itself. */
    this.before = this.window - Math.floor(rate / stepRate);
    /** Rows of the basis: half a frame, in multiples of what the kernel computes at a time. */
    this.half = (this.frame + 1) >> 1;
    this.rows = roundUp(this.half, 4);
  }

  /** Returns the first sample of a step's window. @param {number} step */
  start(step) {
    return Math.floor((step * this.rate) / this.stepRate) - this.before;
  }

  /** Returns the steps that a number of samples has. @param {number} samples */
  steps(samples) {
    return Math.ceil((samples * this.stepRate) / this.rate);
  }
}
