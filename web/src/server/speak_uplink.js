import { A2FError } from "../errors.js";
import { Uplink } from "./uplink.js";

/** Who waits for an answer does not want to wait long: after so many times `busy`, some seconds, it fails. */
const MOST_REFUSALS = 4;

/** @typedef {{text?: string, ssml?: string, voice?: string}} Words */

/**
 * Lets the server speak: sound, visemes and words come down beside the frames. What was heard cannot be spoken
 * again, so a connection that breaks ends the sound where it stands.
 */
export class SpeakUplink extends Uplink {
  #speech;
  #words;
  #refusals = 0;
  #samples = 0;
  #rate = 0;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("../types.js").Platform} platform
   * @param {() => Record<string, any>} settings
   * @param {import("../speech/speech.js").Speech} speech
   * @param {Words} words
   */
  constructor(connection, platform, settings, speech, words) {
    super(connection, platform, settings, speech);
    this.#speech = speech;
    this.#words = words;
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
  begin() {
    if (this.#rate > 0) return;
    this.openSegment(0, { type: "speak", ...this.settings(), ...this.#words });
  }

  /**
   * @override
   * @param {any} message
   */
  onStarted(message) {
    this.#rate = message.sample_rate;
    this.#speech.onVoice(this.#rate);
    super.onStarted(message);
  }

  /** @param {import("./wire.js").AudioBlock} block */
  onAudio({ samples }) {
    this.#samples += samples.length;
    this.#speech.hear([samples]);
  }

  /** @param {{time: number, id: number}} message */
  onViseme({ time, id }) {
    this.#speech.onViseme(time, id);
  }

  /** @param {{time: number, duration: number, text: string}} message */
  onWord({ time, duration, text }) {
    this.#speech.onWord(time, duration, text);
  }

  /**
   * @override
   * @param {any} message
   * @param {import("./segment.js").Segment} segment
   */
  onEnd(message, segment) {
    if (segment === this.segment) this.#finish();
    super.onEnd(message, segment);
  }

  /**
   * @override
   * @param {any} message
   * @param {import("./segment.js").Segment} segment
   */
  onError(message, segment) {
    const busy = message.code === "busy" && !message.continues && segment === this.segment;
    if (busy && this.#refused()) this.fail(new A2FError("busy", message.message));
    else super.onError(message, segment);
  }

  /**
   * @override @protected
   * @param {A2FError} error
   */
  fail(error) {
    if (this.#samples === 0) return this.#give(error);
    super.fail(error);
    this.#finish();
  }

  /**
   * @override @protected
   * @param {string} reason
   */
  trouble(reason) {
    if (reason === "server busy") return super.trouble(reason);
    const { failure } = this.connection;
    // A server that is full or stopping; the connection tries again, perhaps at another.
    if (failure?.code === "busy" && this.#rate === 0 && !this.#refused()) return super.trouble(reason);
    this.fail(
      failure ?? new A2FError("connection_failed", "There is no connection to the server that speaks."),
    );
  }

  /** Counts; whether that was once too often. */
  #refused() {
    return ++this.#refusals >= MOST_REFUSALS;
  }

  #finish() {
    this.#speech.finishSound(this.#samples / (this.#rate || 1));
  }

  /** Nothing was heard and nothing will be. @param {A2FError} error */
  #give(error) {
    this.close(true);
    this.#speech.giveUp(error);
  }
}
