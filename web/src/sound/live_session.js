import { A2FError } from "../errors.js";
import { Capture } from "./capture.js";
import { PcmFormat } from "./pcm.js";
import { Resampler } from "./resample.js";

/** The highest rate that the wire takes, in Hertz. */
const HIGHEST_RATE = 48000;

/**
 * The PCM format of a stream that is read through a context.
 * @param {number} contextRate Hertz
 */
export function captureFormat(contextRate) {
  return new PcmFormat({ sampleRate: Math.min(contextRate, HIGHEST_RATE) });
}

/** A microphone or a remote track that the face follows. Made by `client.listen()`. */
export class LiveSession {
  /** Resolves when sound is being read; rejects with `microphone_failed`. @type {Promise<void>} */
  ready;
  #utterance;
  #voice;
  #capture;

  /**
   * @param {MediaStream} stream
   * @param {{context: AudioContext, platform: import("../types.js").Platform}} host
   * @param {import("../speech/utterance.js").Utterance} utterance
   * @param {import("./live.js").LiveVoice} voice
   */
  constructor(stream, { context, platform }, utterance, voice) {
    this.#utterance = utterance;
    this.#voice = voice;
    const resampler = new Resampler(context.sampleRate, captureFormat(context.sampleRate).sampleRate);
    this.#capture = new Capture(context, platform, (samples) => {
      if (!utterance.ended) utterance.write(resampler.process(samples));
    });
    this.ready = this.#capture.start(stream);
    this.ready.catch(() => utterance.cancel());
    void utterance.done.catch(() => {}).then(() => this.#capture.stop());
  }

  get id() {
    return this.#utterance.id;
  }

  /** Seconds by which the face follows the sound just now. */
  get delay() {
    return this.#voice.delay;
  }

  /** What carried most of it so far. @returns {import("../types.js").Rank} */
  get rank() {
    return this.#utterance.rank;
  }

  /** Resolves when the face has shown everything. @returns {Promise<import("../types.js").Outcome>} */
  get done() {
    return this.#utterance.done;
  }

  /** Stops reading; the stream's tracks stay the app's. */
  stop() {
    this.#capture.stop();
    this.#utterance.end();
  }

  /** Stops reading, and the face at once. */
  cancel() {
    this.#capture.stop();
    this.#utterance.cancel();
  }
}

/**
 * @param {unknown} stream
 * @returns {asserts stream is MediaStream}
 */
export function requireStream(stream) {
  const audio = /** @type {any} */ (stream)?.getAudioTracks?.();
  if (audio?.length > 0) return;
  throw new A2FError("bad_argument", "listen() needs a MediaStream with an audio track.");
}
