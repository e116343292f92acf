import { toSentence, UserError, unreadableAudio } from "../messages.js";

/** Length of a chunk in seconds. */
export const CHUNK_S = 0.5;

/**
 * Decodes an audio file to one channel at the rate of a context.
 * @param {Blob} file
 * @param {string} name
 * @param {BaseAudioContext} context
 * @returns {Promise<Float32Array>} rejects with a UserError
 */
export async function samplesOf(file, name, context) {
  const audio = await context.decodeAudioData(await file.arrayBuffer()).catch(() => null);
  if (!audio) throw new UserError(unreadableAudio(name));
  const mono = new Float32Array(audio.length);
  for (let channel = 0; channel < audio.numberOfChannels; channel++) {
    const samples = audio.getChannelData(channel);
    for (let i = 0; i < mono.length; i++) mono[i] += samples[i] / audio.numberOfChannels;
  }
  return mono;
}

/** Cuts samples into chunks. @param {Float32Array} samples @param {number} rate */
export function* chunksOf(samples, rate) {
  const size = Math.round(CHUNK_S * rate);
  for (let at = 0; at < samples.length; at += size) yield samples.subarray(at, at + size);
}

/**
 * Synthesises a text with the server's voice.
 * @param {string} text
 * @param {{url: string, token: string}} server
 * @returns {Promise<Blob>} a WAV; rejects with a UserError
 */
export async function spoken(text, { url, token }) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const body = JSON.stringify({ text });
  const answer = await fetch(`${url}/v1/speak`, { method: "POST", headers, body }).catch(() => null);
  if (!answer) throw new UserError(`Can't reach ${url}.`);
  const fields = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new UserError(toSentence(fields.message ?? `the server answered ${answer.status}`));
  return (await fetch(`data:audio/wav;base64,${fields.audio}`)).blob();
}
