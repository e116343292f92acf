import { wavOf } from "../audio/decode.js";
import { Loudness } from "../audio/loudness.js";
import { PcmFormat, toFloat, toInt16 } from "../audio/pcm.js";

/** Peaks per second, for drawing the waveform. */
const PEAK_RATE = 100;

/** Audio of a take, mono and 16 bits, with its peaks. */
export class TakeAudio {
  /** Hertz; 0 while unknown. */
  sampleRate = 0;
  /** Number of samples. */
  length = 0;
  /** @type {Int16Array[]} */
  #pieces = [];
  /** @type {number[]} */
  #peaks = [];

  /** Seconds. */
  get duration() {
    return this.sampleRate ? this.length / this.sampleRate : 0;
  }

  /** @param {readonly Float32Array[]} planes one array per channel, values from −1 to 1 */
  push(planes) {
    const samples = toInt16(mixed(planes));
    this.#measure(samples);
    this.#pieces.push(samples);
    this.length += samples.length;
  }

  /** Drops audio after a time. @param {number} duration seconds */
  cut(duration) {
    const wanted = Math.min(this.length, Math.round(duration * this.sampleRate));
    const all = this.samples().slice(0, wanted);
    this.#pieces = [all];
    this.length = wanted;
    this.#peaks.length = Math.min(this.#peaks.length, Math.ceil(duration * PEAK_RATE));
  }

  /** @returns {Int16Array} all samples */
  samples() {
    if (this.#pieces.length === 1) return this.#pieces[0];
    const all = new Int16Array(this.length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /**
   * Returns the largest value between two times.
   * @param {number} from seconds
   * @param {number} to seconds
   * @returns {number} 0–1
   */
  peak(from, to) {
    const last = Math.min(this.#peaks.length, Math.ceil(to * PEAK_RATE));
    let most = 0;
    for (let i = Math.floor(from * PEAK_RATE); i < last; i++) most = Math.max(most, this.#peaks[i]);
    return most;
  }

  /** Measures loudness, for motion that follows the voice. */
  loudness() {
    const loudness = new Loudness(this.sampleRate);
    const samples = this.samples();
    for (let at = 0; at < samples.length; at += this.sampleRate)
      loudness.push([toFloat(samples.subarray(at, at + this.sampleRate))]);
    loudness.finish();
    return loudness;
  }

  /** Returns a WAV file. @returns {Uint8Array<ArrayBuffer>} */
  wav() {
    const samples = this.samples();
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    return wavOf(bytes, new PcmFormat({ sampleRate: this.sampleRate }));
  }

  /** @param {Int16Array} samples */
  #measure(samples) {
    for (let i = 0; i < samples.length; i++) {
      const at = Math.floor(((this.length + i) * PEAK_RATE) / this.sampleRate);
      const value = Math.abs(samples[i]) / 32768;
      if (at >= this.#peaks.length) this.#peaks.push(value);
      else if (value > this.#peaks[at]) this.#peaks[at] = value;
    }
  }
}

/**
 * Mixes to mono.
 * @param {readonly Float32Array[]} planes
 */
function mixed([left, right]) {
  return right ? left.map((sample, i) => (sample + right[i]) / 2) : left;
}
