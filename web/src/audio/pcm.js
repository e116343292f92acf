import { A2FError, isBetween, requireArgument } from "../errors.js";

/** @typedef {"pcm_s16le" | "pcm_f32le"} PcmEncoding */

/** Format of PCM as in `start`. */
export class PcmFormat {
  /**
   * @param {{sampleRate: number, channels?: number, encoding?: string}} options sampleRate in Hertz, 8000–48000
   */
  constructor({ sampleRate, channels = 1, encoding = "pcm_s16le" }) {
    requireArgument(
      Number.isInteger(sampleRate) && isBetween(sampleRate, 8000, 48000),
      `sampleRate is ${sampleRate}; give the rate of the PCM in Hertz, a whole number from 8000 to 48000.`,
    );
    requireArgument(channels === 1 || channels === 2, `channels is ${channels}; give 1 or 2.`);
    requireArgument(
      encoding === "pcm_s16le" || encoding === "pcm_f32le",
      `encoding is ${encoding}; give "pcm_s16le" or "pcm_f32le".`,
    );
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.encoding = /** @type {PcmEncoding} */ (encoding);
    this.sampleBytes = encoding === "pcm_s16le" ? 2 : 4;
    /** Bytes per sample block, all channels. */
    this.blockBytes = this.sampleBytes * channels;
  }

  get secondBytes() {
    return this.blockBytes * this.sampleRate;
  }
}

/**
 * Converts written PCM to the protocol's bytes, and to one array of floats per channel for playback and
 * analysis.
 */
export class PcmReader {
  #format;
  #carry = new Uint8Array(0);

  /** @param {PcmFormat} format */
  constructor(format) {
    this.#format = format;
  }

  /** Bytes of an incomplete sample block. */
  get pending() {
    return this.#carry.length;
  }

  /**
   * @param {Int16Array | Float32Array | ArrayBuffer | Uint8Array} data interleaved channels; bytes are in the
   *   format's encoding and may end within a sample. The data is copied, so the caller may reuse its buffer.
   * @returns {{bytes: Uint8Array, planes: Float32Array[]}} whole sample blocks only
   */
  read(data) {
    const bytes = this.#whole(this.#bytesOf(data));
    return { bytes, planes: this.#planesOf(bytes) };
  }

  /** @param {unknown} data */
  #bytesOf(data) {
    const { encoding } = this.#format;
    if (data instanceof ArrayBuffer) return new Uint8Array(data);
    if (data instanceof Uint8Array) return data;
    if (data instanceof Int16Array) return encoding === "pcm_s16le" ? raw(data) : raw(toFloat(data));
    if (data instanceof Float32Array) return encoding === "pcm_f32le" ? raw(data) : raw(toInt16(data));
    throw new A2FError(
      "bad_argument",
      "write() takes an Int16Array, a Float32Array or an ArrayBuffer of PCM.",
    );
  }

  /** @param {Uint8Array} bytes */
  #whole(bytes) {
    const all = new Uint8Array(this.#carry.length + bytes.length);
    all.set(this.#carry);
    all.set(bytes, this.#carry.length);
    const usable = all.length - (all.length % this.#format.blockBytes);
    this.#carry = all.slice(usable);
    return all.subarray(0, usable);
  }

  /** @param {Uint8Array} bytes */
  #planesOf(bytes) {
    const { channels, encoding } = this.#format;
    const samples =
      encoding === "pcm_s16le"
        ? toFloat(new Int16Array(bytes.buffer, 0, bytes.length / 2))
        : finite(new Float32Array(bytes.buffer, 0, bytes.length / 4));
    if (channels === 1) return [samples];
    const half = samples.length / 2;
    const planes = [new Float32Array(half), new Float32Array(half)];
    for (let i = 0; i < samples.length; i++) planes[i & 1][i >> 1] = samples[i];
    return planes;
  }
}

/** @param {Int16Array | Float32Array} samples */
function raw(samples) {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/**
 * @param {Int16Array} samples
 * @returns {Float32Array}
 */
export function toFloat(samples) {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) floats[i] = samples[i] / 32768;
  return floats;
}

/** @param {Float32Array} samples */
export function toInt16(samples) {
  const whole = new Int16Array(samples.length);
  finite(samples);
  for (let i = 0; i < samples.length; i++) {
    whole[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768)));
  }
  return whole;
}

/** @param {Float32Array} samples */
function finite(samples) {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i])) {
      throw new A2FError("bad_audio", "The PCM contains NaN or infinite samples; check what produces it.");
    }
  }
  return samples;
}
