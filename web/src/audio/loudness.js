import { SHAPE_COUNT, shapeIndex } from "../arkit.js";
import { FrameTrack } from "../frame_track.js";

/** Measurements per second. */
const RATE = 60;
/** RMS below this value is silence. */
const FLOOR = 0.004;
/** Decay of the peak per measurement, so that a single shout does not keep the mouth closed afterwards. */
const PEAK_DECAY = 0.9995;

const LEVEL_SMOOTHING = 0.6;

/** Weight of each shape at full loudness. */
const OPENING = new Float32Array(SHAPE_COUNT);
OPENING[shapeIndex("jawOpen")] = 0.5;
OPENING[shapeIndex("mouthFunnel")] = 0.15;
OPENING[shapeIndex("mouthLowerDownLeft")] = 0.2;
OPENING[shapeIndex("mouthLowerDownRight")] = 0.2;
OPENING[shapeIndex("mouthUpperUpLeft")] = 0.1;
OPENING[shapeIndex("mouthUpperUpRight")] = 0.1;

/** Opens the mouth with the loudness of the audio. Used if neither frames nor visemes are available. */
export class Loudness {
  rank = /** @type {const} */ ("loudness");
  #levels = new FrameTrack(RATE, 1);
  #level = new Float32Array(1);
  #sampleRate;
  #samples = 0;
  #energy = 0;
  #counted = 0;
  #peak = 0.05;
  #loudAt = 0;

  /** @param {number} sampleRate Hertz */
  constructor(sampleRate) {
    this.#sampleRate = sampleRate;
  }

  /** Sample rate of the audio, Hertz. */
  get sampleRate() {
    return this.#sampleRate;
  }

  /** Seconds of silence at the end of the audio so far. */
  get trailingSilence() {
    return (this.#levels.end - this.#loudAt) / RATE;
  }

  /** @param {readonly Float32Array[]} planes one array per channel, values from −1 to 1 */
  push(planes) {
    const [left, right] = planes;
    for (let i = 0; i < left.length; i++) {
      const sample = right ? (left[i] + right[i]) / 2 : left[i];
      this.#energy += sample * sample;
      this.#counted++;
      this.#samples++;
      if (this.#samples * RATE >= (this.#levels.end + 1) * this.#sampleRate) this.#measure();
    }
  }

  finish() {
    if (this.#counted > 0) this.#measure();
    this.#levels.finish();
  }

  /** @param {number} time seconds */
  trim(time) {
    this.#levels.trim(time);
  }

  /** @param {number} time seconds */
  ahead(time) {
    return this.#levels.ahead(time);
  }

  /**
   * Returns the loudness averaged over about 150 ms, for motion that follows the voice.
   * @param {number} time seconds
   * @returns {number} 0–1; negative if unknown
   */
  level(time) {
    if (this.#levels.ahead(time) < 0) return -1;
    this.#levels.sample(time, this.#level, LEVEL_SMOOTHING);
    return this.#level[0];
  }

  /**
   * @param {number} time seconds
   * @param {Float32Array} out at least 52 weights; further ones are left unchanged
   */
  sample(time, out) {
    this.#levels.sample(time, this.#level, 0.2);
    for (let i = 0; i < SHAPE_COUNT; i++) out[i] = OPENING[i] * this.#level[0];
  }

  #measure() {
    const rms = Math.sqrt(this.#energy / this.#counted);
    this.#energy = this.#counted = 0;
    this.#peak = Math.max(this.#peak * PEAK_DECAY, rms, 0.02);
    const level = rms < FLOOR ? 0 : Math.min(1, rms / this.#peak) ** 0.7;
    this.#levels.put(this.#levels.end, [level]);
    if (rms > Math.max(0.01, this.#peak * 0.08)) this.#loudAt = this.#levels.end;
  }
}
