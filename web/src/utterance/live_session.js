import { Capture } from "../audio/capture.js";
import { PcmFormat } from "../audio/pcm.js";
import { Resampler } from "../audio/resample.js";
import { A2FError } from "../errors.js";

/**
 * @import { LiveSink } from "../audio/live_sink.js"
 * @import { Outcome, Platform, Rank } from "../types.js"
 * @import { PcmStream } from "./pcm_stream.js"
 */

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
  #stream;
  #sink;
  #capture;

  /**
   * @param {MediaStream} stream
   * @param {{context: AudioContext, platform: Platform}} host
   * @param {PcmStream} pcm
   * @param {LiveSink} sink
   */
  constructor(stream, { context, platform }, pcm, sink) {
    this.#stream = pcm;
    this.#sink = sink;
    const resampler = new Resampler(context.sampleRate, captureFormat(context.sampleRate).sampleRate);
    this.#capture = new Capture(context, platform, (samples) => {
      if (!pcm.ended) pcm.write(resampler.process(samples));
    });
    this.ready = this.#capture.start(stream);
    this.ready.catch(() => pcm.cancel());
    void pcm.done.catch(() => {}).then(() => this.#capture.stop());
  }

  get id() {
    return this.#stream.id;
  }

  /** Seconds by which the face follows the sound just now. */
  get delay() {
    return this.#sink.delay;
  }

  /** What carried most of it so far. @returns {Rank} */
  get rank() {
    return this.#stream.rank;
  }

  /** Resolves when the face has shown everything. @returns {Promise<Outcome>} */
  get done() {
    return this.#stream.done;
  }

  /** Stops reading; the stream's tracks stay the app's. */
  stop() {
    this.#capture.stop();
    this.#stream.end();
  }

  /** Stops reading, and the face at once. */
  cancel() {
    this.#capture.stop();
    this.#stream.cancel();
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
