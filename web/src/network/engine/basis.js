import { orthogonalToHum } from "./hum.js";

/**
 * @import { FeatureConstants } from "./network_file.js"
 * @import { WindowSizes } from "./sizes.js"
 */

/**
 * The waves that measure the power at each pitch, at one sample rate, as in mel.py. Cosines are even and sines odd about
 * the middle of the frame, so only their second halves are kept: row 0 is the middle.
 */
export class Basis {
  /**
   * @param {FeatureConstants} features
   * @param {WindowSizes} sizes
   */
  constructor(features, sizes) {
    const { half, frame } = sizes;
    this.half = half;
    const pitches = pitchesOf(features);
    /** Seconds from the middle of the frame. */
    const times = Float64Array.from(
      { length: half },
      (_, k) => ((frame >> 1) + k - (frame - 1) / 2) / sizes.rate,
    );
    const even = pitches.map((pitch) => wave(pitch, times, sizes, features.audible, Math.cos));
    const odd = pitches.map((pitch) => wave(pitch, times, sizes, features.audible, Math.sin));
    orthogonalToHum({ even, odd, times, sizes, hz: pitches.map(({ hz }) => hz) }, features.hum);
    /** One array of `half` values per pitch. */
    this.even = even;
    this.odd = odd;
  }
}

/**
 * Returns frequency in Hz and duration in seconds of each sine.
 * @param {FeatureConstants} features
 */
function pitchesOf({ bands, perBand, lowest, highest, frame, shortest }) {
  const mel = (/** @type {number} */ hz) => 2595 * Math.log10(1 + hz / 700);
  const [low, high] = [mel(lowest), mel(highest)];
  const middle = Array.from({ length: bands }, (_, i) => {
    return 700 * (10 ** ((low + ((high - low) * i) / (bands - 1)) / 2595) - 1);
  });
  return middle.flatMap((hz, i) => {
    const [before, after] = [Math.max(0, i - 1), Math.min(bands - 1, i + 1)];
    const apart = (middle[after] - middle[before]) / (after - before) / perBand;
    const seconds = Math.min(frame, Math.max(shortest, 2 / apart));
    return Array.from({ length: perBand }, (_, k) => ({ hz: hz + apart * (k - (perBand - 1) / 2), seconds }));
  });
}

/**
 * Returns the second half of a wave under a Hann window.
 * @param {{hz: number, seconds: number}} pitch
 * @param {Float64Array} times
 * @param {WindowSizes} sizes
 * @param {number} audible
 * @param {(x: number) => number} shape
 */
function wave({ hz, seconds }, times, { frame, rate }, audible, shape) {
  const hann = times.map((t) => (t < seconds / 2 ? 0.5 + 0.5 * Math.cos((2 * Math.PI * t) / seconds) : 0));
  // The middle of an odd frame has no mirror image.
  const sum = 2 * hann.reduce((a, b) => a + b, 0) - (frame % 2 ? hann[0] : 0);
  const gain = hz < audible * rate ? 2 / sum : 0;
  return hann.map((value, k) => value * gain * shape(2 * Math.PI * times[k] * hz));
}
