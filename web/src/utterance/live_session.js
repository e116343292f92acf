import { Capture } from "../audio/capture.js";
import { DelayedOutput } from "../audio/delayed_output.js";
import { PcmFormat } from "../audio/pcm.js";
import { Resampler } from "../audio/resample.js";
import { liveTrackOf } from "../audio/track_watch.js";
import { requireArgument } from "../errors.js";

/**
 * @import { LiveSink } from "../audio/live_sink.js"
 * @import { Outcome, Platform, Rank } from "../types.js"
 * @import { PcmStream } from "./pcm_stream.js"
 */

/** Highest sample rate of the protocol, Hertz. */
const HIGHEST_RATE = 48000;

/**
 * Returns the PCM format for audio captured through an AudioContext.
 * @param {number} contextRate Hertz
 */
export function captureFormat(contextRate) {
  return new PcmFormat({ sampleRate: Math.min(contextRate, HIGHEST_RATE) });
}

/**
 * Animation from a microphone or a remote track. Returned by `client.listen()`. It ends when the stream has no live
 * audio track any more; a track that replaces another one is followed, and a muted one is silent.
 */
export class LiveSession {
  /** Resolves when capturing has started; rejects with `microphone_failed`. @type {Promise<void>} */
  ready;
  #stream;
  #sink;
  #capture;

  /**
   * @param {MediaStream} stream
   * @param {{context: AudioContext, platform: Platform}} host
   * @param {PcmStream} pcm
   * @param {LiveSink} sink
   * @param {boolean} play plays the stream too
   */
  constructor(stream, { context, platform }, pcm, sink, play) {
    this.#stream = pcm;
    this.#sink = sink;
    const resampler = new Resampler(context.sampleRate, captureFormat(context.sampleRate).sampleRate);
    const output = play ? new DelayedOutput(context, sink.delay) : null;
    const onSamples = (/** @type {Float32Array} */ samples) => {
      if (!pcm.ended) pcm.write(resampler.process(samples));
      output?.follow(sink.delay);
    };
    this.#capture = new Capture(context, platform, { onSamples, onEnd: () => this.stop() }, output);
    this.ready = this.#capture.start(stream);
    this.ready.catch(() => pcm.cancel());
    void pcm.done.catch(() => {}).then(() => this.#capture.stop());
  }

  get id() {
    return this.#stream.id;
  }

  /** Current delay of the face behind the audio, seconds. */
  get delay() {
    return this.#sink.delay;
  }

  /** The source used most so far. @returns {Rank} */
  get rank() {
    return this.#stream.rank;
  }

  /** Resolves when the last frame has been shown. @returns {Promise<Outcome>} */
  get done() {
    return this.#stream.done;
  }

  /** Stops capturing. The stream's tracks are left running. */
  stop() {
    this.#capture.stop();
    this.#stream.end();
  }

  /** Stops capturing and animation immediately. */
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
  const media = /** @type {any} */ (stream);
  requireArgument(media?.getAudioTracks?.().length > 0, "listen() needs a MediaStream with an audio track.");
  requireArgument(
    liveTrackOf(media),
    "The audio track of this MediaStream has ended; request the microphone again.",
  );
}
