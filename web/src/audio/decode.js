import { A2FError } from "../errors.js";
import { formatOf } from "./file_format.js";

/**
 * @import { Platform } from "../types.js"
 * @import { PcmFormat } from "./pcm.js"
 */

/** Sample rate of the lip-sync models; also reduces the amount of data to send. */
const RATE = 16000;
/** Some versions of Safari refuse lower rates. */
const SAFE_RATE = 44100;

/** Share of each channel of 5.1 in mono, as in Web Audio: speech is in the centre. */
const SURROUND = [0.7, 0.7, 1, 0, 0.5, 0.5];

/**
 * Decodes an audio file with the browser's decoders and mixes it to mono. Rejects with `bad_audio`.
 * @param {Platform} platform
 * @param {Uint8Array} bytes
 * @param {string} [type] media type, "" if unknown
 * @returns {Promise<{sampleRate: number, samples: Float32Array}>} samples are finite
 */
export async function decodeFile(platform, bytes, type) {
  try {
    // decodeAudioData detaches the buffer, so it gets a copy.
    const copy = /** @type {ArrayBuffer} */ (bytes.slice().buffer);
    const decoded = await offlineContext(platform).decodeAudioData(copy);
    return { sampleRate: decoded.sampleRate, samples: mono(decoded) };
  } catch {
    throw undecodable(formatOf(bytes, type));
  }
}

/** @param {string} format */
function undecodable(format) {
  return new A2FError(
    "bad_audio",
    `Neither the server nor the browser can decode this audio file. Its format is ${format}. ` +
      "Check that it is complete, or convert it to WAV, MP3, Ogg or FLAC.",
  );
}

/** @param {Platform} platform */
function offlineContext({ OfflineAudioContext }) {
  if (!OfflineAudioContext) throw new Error("This browser cannot decode audio files.");
  try {
    return new OfflineAudioContext(1, 1, RATE);
  } catch {
    return new OfflineAudioContext(1, 1, SAFE_RATE);
  }
}

/** @param {AudioBuffer} buffer */
function mono(buffer) {
  const { numberOfChannels: channels, length } = buffer;
  const shares = channels === SURROUND.length ? SURROUND : new Array(channels).fill(1 / channels);
  const samples = new Float32Array(length);
  for (let channel = 0; channel < channels; channel++) {
    const plane = buffer.getChannelData(channel);
    for (let i = 0; i < length; i++) samples[i] += plane[i] * shares[channel];
  }
  // Files of floats may contain NaN, which the server refuses.
  for (let i = 0; i < length; i++) if (!Number.isFinite(samples[i])) samples[i] = 0;
  return samples;
}

/**
 * Returns a WAV file, for servers used over HTTP.
 * @param {Uint8Array} pcm
 * @param {PcmFormat} format
 */
export function wavOf(pcm, { encoding, sampleRate, channels, sampleBytes, blockBytes, secondBytes }) {
  const wav = new Uint8Array(44 + pcm.length);
  const view = new DataView(wav.buffer);
  wav.set(new TextEncoder().encode(`RIFF....WAVEfmt ${".".repeat(20)}data`));
  view.setUint32(4, 36 + pcm.length, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, encoding === "pcm_s16le" ? 1 : 3, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, secondBytes, true);
  view.setUint16(32, blockBytes, true);
  view.setUint16(34, sampleBytes * 8, true);
  view.setUint32(40, pcm.length, true);
  wav.set(pcm, 44);
  return wav;
}
