import { A2FError, serverError } from "../errors.js";
import { FALLBACK } from "../fallback.js";
import { Uplink } from "./uplink.js";

/**
 * @import { FallbackReason } from "../fallback.js"
 * @import { Platform } from "../types.js"
 * @import { Connection } from "./connection.js"
 * @import { AudioBlock } from "./protocol.js"
 * @import { ServerUtterance } from "./server_utterance.js"
 * @import { UplinkListener } from "./uplink.js"
 */

/** Who waits for an answer does not want to wait long: after so many times `busy`, some seconds, it fails. */
const MOST_REFUSALS = 4;

/**
 * @typedef {{text?: string, ssml?: string, voice?: string}} SpeakText
 *
 * @typedef {object} SpeechListener Receives what comes with speech from the server, besides frames.
 * @property {(sampleRate: number) => void} onAudioFormat sample rate of the audio that follows, Hertz
 * @property {(planes: Float32Array[]) => void} addAudio
 * @property {(duration: number) => void} finishAudio seconds of audio in total
 * @property {(time: number, id: number) => void} onViseme
 * @property {(time: number, duration: number, text: string) => void} onWord
 * @property {(error: A2FError) => void} abort nothing was played and nothing will be
 */

/**
 * Lets the server speak: sound, visemes and words come down beside the frames. What was heard cannot be spoken
 * again, so a connection that breaks ends the sound where it stands.
 */
export class SpeakUplink extends Uplink {
  #utterance;
  #text;
  #refusals = 0;
  #samples = 0;
  #rate = 0;

  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Record<string, any>} startFields
   * @param {UplinkListener & SpeechListener} utterance
   * @param {SpeakText} text
   */
  constructor(connection, platform, startFields, utterance, text) {
    super(connection, platform, startFields, utterance);
    this.#utterance = utterance;
    this.#text = text;
  }

  /**
   * The server lets its own sentences wait for each other.
   * @override @protected
   * @param {() => void} action
   */
  whenAllowed(action) {
    action();
  }

  /** @override @protected */
  startSending() {
    if (this.#rate > 0) return;
    this.openUtterance(0, { type: "speak", ...this.startFields(), ...this.#text });
  }

  /**
   * @override
   * @param {any} message
   */
  onStarted(message) {
    this.#rate = message.sample_rate;
    this.#utterance.onAudioFormat(this.#rate);
    super.onStarted(message);
  }

  /** @param {AudioBlock} block */
  onAudio({ samples }) {
    this.#samples += samples.length;
    this.#utterance.addAudio([samples]);
  }

  /** @param {{time: number, id: number}} message */
  onViseme({ time, id }) {
    this.#utterance.onViseme(time, id);
  }

  /** @param {{time: number, duration: number, text: string}} message */
  onWord({ time, duration, text }) {
    this.#utterance.onWord(time, duration, text);
  }

  /**
   * @override
   * @param {any} message
   * @param {ServerUtterance} serverUtterance
   */
  onEnd(message, serverUtterance) {
    if (serverUtterance === this.serverUtterance) this.#finish();
    super.onEnd(message, serverUtterance);
  }

  /**
   * @override
   * @param {any} message
   * @param {ServerUtterance} serverUtterance
   */
  onError(message, serverUtterance) {
    const busy = message.code === "busy" && !message.continues && serverUtterance === this.serverUtterance;
    if (busy && this.#refusedTooOften()) this.fail(serverError(message));
    else super.onError(message, serverUtterance);
  }

  /**
   * @override @protected
   * @param {A2FError} error
   */
  fail(error) {
    if (this.#samples === 0) return this.#abort(error);
    super.fail(error);
    this.#finish();
  }

  /**
   * @override @protected
   * @param {FallbackReason} reason
   */
  interrupt(reason) {
    if (reason === FALLBACK.serverBusy) return super.interrupt(reason);
    const { failure } = this.connection;
    // A server that is full or stopping; the connection tries again, perhaps at another.
    if (failure?.code === "busy" && this.#rate === 0 && !this.#refusedTooOften())
      return super.interrupt(reason);
    this.fail(
      failure ?? new A2FError("connection_failed", "There is no connection to the server that speaks."),
    );
  }

  /** Counts; whether that was once too often. */
  #refusedTooOften() {
    return ++this.#refusals >= MOST_REFUSALS;
  }

  #finish() {
    this.#utterance.finishAudio(this.#samples / (this.#rate || 1));
  }

  /** Nothing was heard and nothing will be. @param {A2FError} error */
  #abort(error) {
    this.close(true);
    this.#utterance.abort(error);
  }
}
