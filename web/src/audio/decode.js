import { A2FError } from "../errors.js";

/**
 * @import { Platform } from "../types.js"
 * @import { PcmFormat } from "./pcm.js"
 */

/** Sample rate of the lip-sync models; also reduces the amount of data to send. */
const RATE = 16000;
/** Some versions of Safari refuse lower rates. */
const SAFE_RATE = 44100;

/**
 * Decodes an audio file with the browser's decoders and mixes it to mono.
 * @param {Platform} platform
 * @param {Uint8Array} bytes
 * @returns {Promise<{sampleRate: number, samples: Float32Array}>}
 */
export async function decodeFile(platform, bytes) {
  const context = offlineContext(platform);
  // decodeAudioData detaches the buffer, so it gets a copy.
  const decoded = await context
    .decodeAudioData(/** @type {ArrayBuffer} */ (bytes.slice().buffer))
    .catch(() => {
      throw new A2FError("bad_audio", "Neither the server nor the browser can decode this audio file.");
    });
  return { sampleRate: decoded.sampleRate, samples: mono(decoded) };
}

/** @param {Platform} platform */
function offlineContext({ OfflineAudioContext }) {
  if (!OfflineAudioContext) throw new A2FError("bad_audio", "This browser cannot decode audio files.");
  try {
    return new OfflineAudioContext(1, 1, RATE);
  } catch {
    return new OfflineAudioContext(1, 1, SAFE_RATE);
  }
}

/** @param {AudioBuffer} buffer */
function mono(buffer) {
  const samples = buffer.getChannelData(0).slice();
  if (buffer.numberOfChannels < 2) return samples;
  const right = buffer.getChannelData(1);
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] + right[i]) / 2;
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
