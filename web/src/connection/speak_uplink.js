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

/** Speech should start soon: after this many `busy` answers, a few seconds, it fails. */
const MAX_REFUSALS = 4;
/** Longest text message of the protocol, in characters; a longer one closes the socket. */
const MOST_CHARACTERS = 65536;

/**
 * @typedef {{text?: string, ssml?: string, voice?: string}} SpeakText
 *
 * @typedef {object} SpeechListener Receives the audio, visemes and words of synthesised speech.
 * @property {(sampleRate: number) => void} onAudioFormat sample rate of the audio that follows, Hertz
 * @property {(planes: Float32Array[]) => void} addAudio
 * @property {(duration: number) => void} finishAudio total seconds of audio
 * @property {(time: number, id: number, phonemes?: string) => void} onViseme
 * @property {(time: number, duration: number, text: string) => void} onWord
 * @property {(time: number, name: string) => void} onBookmark
 * @property {(error: A2FError) => void} abort fails without any audio having been played
 */

/**
 * Requests speech from the server, which sends audio, visemes and words along with the frames. Speech that
 * was partly played cannot be resumed, so a lost connection ends the audio where it is.
 */
export class SpeakUplink extends Uplink {
  #utterance;
  #text;
  #refusals = 0;
  /** The connection was lost before the server began. */
  #lost = false;
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
   * The server queues its own speech, so there is no need to wait.
   * @override
   * @protected
   * @param {() => void} action
   */
  whenAllowed(action) {
    action();
  }

  /** @override @protected */
  startSending() {
    if (this.#rate > 0) return;
    const fields = { type: "speak", ...this.startFields(), ...this.#text };
    const most = Math.min(MOST_CHARACTERS, this.connection.ready.limits?.message_bytes ?? MOST_CHARACTERS);
    // The number and the rate of frames are added.
    const length = JSON.stringify(fields).length + 100;
    if (length > most) this.fail(tooLarge(length, most));
    else this.openUtterance(0, fields);
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

  /** @param {{time: number, id: number, phonemes?: string}} message */
  onViseme({ time, id, phonemes }) {
    this.#utterance.onViseme(time, id, phonemes);
  }

  /** @param {{time: number, duration: number, text: string}} message */
  onWord({ time, duration, text }) {
    this.#utterance.onWord(time, duration, text);
  }

  /** @param {{time: number, name: string}} message */
  onBookmark({ time, name }) {
    this.#utterance.onBookmark(time, name);
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
    this.#lost ||= reason === FALLBACK.connectionLost;
    const { failure } = this.connection;
    if (this.#mayComeBack(failure) && !this.#refusedTooOften()) return super.interrupt(reason);
    this.fail(
      failure ??
        new A2FError("connection_failed", "Speech needs a connection to the server, and there is none."),
    );
  }

  /**
   * Returns true if the request can be sent again: the server is full or shutting down, or the connection was
   * lost before it began, and the connection retries.
   * @param {A2FError | null} failure
   */
  #mayComeBack(failure) {
    return (
      this.#rate === 0 && (failure?.code === "busy" || (this.#lost && this.connection.state === "waiting"))
    );
  }

  /** Counts refusals; true if there were too many. */
  #refusedTooOften() {
    return ++this.#refusals >= MAX_REFUSALS;
  }

  #finish() {
    this.#utterance.finishAudio(this.#samples / (this.#rate || 1));
  }

  /** Fails before any audio was played. @param {A2FError} error */
  #abort(error) {
    this.close(true);
    this.#utterance.abort(error);
  }
}

/**
 * @param {number} length
 * @param {number} most
 */
function tooLarge(length, most) {
  return new A2FError(
    "too_large",
    `The text has ${length} characters as JSON, but a message may have ${most}; speak it in parts.`,
  );
}
