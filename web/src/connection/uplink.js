import { serverError } from "../errors.js";
import { FALLBACK } from "../fallback.js";
import { Backoff } from "./backoff.js";
import { ServerUtterance } from "./server_utterance.js";

/**
 * @import { A2FError } from "../errors.js"
 * @import { FallbackReason } from "../fallback.js"
 * @import { Platform } from "../types.js"
 * @import { Connection } from "./connection.js"
 * @import { FrameBlock } from "./protocol.js"
 */

/** First delay after `busy`; it doubles each time. */
export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 10000;

/**
 * @typedef {object} UplinkListener Receives the results of an uplink.
 * @property {(fps: number, lookahead: number) => void} onStarted
 * @property {(first: number, values: ArrayLike<number>, columns: ArrayLike<number>, scale: number) => void} onFrames
 * @property {(frame: number) => void} onSplice a new server utterance continues at this frame
 * @property {(duration: number, warning?: string) => void} onEnd all frames have arrived; seconds of the last server
 *   utterance, and what the app should know of its audio
 * @property {(reason: FallbackReason) => void} onInterruption there will be no frames for some time
 * @property {(error: A2FError) => void} onFailure there will be no more frames
 * @property {() => number} position playback position, seconds
 * @property {() => number} trailingSilence seconds of silence at the end of the audio written so far
 */

/**
 * Sends an utterance to the server and retries after lost connections and `busy` answers. Subclasses define
 * what is sent and where a retry resumes.
 */
export class Uplink {
  /** @type {ServerUtterance | null} */
  serverUtterance = null;
  /** @protected */
  connection;
  /** @protected */
  startFields;
  /** @protected */
  listener;
  /**
   * Frames per second, fixed by the first server utterance so that later ones share the same frame track.
   * @protected
   */
  fps = 0;
  #platform;
  #backoff;
  #timer = /** @type {any} */ (null);
  #closed = false;
  #onConnection = (/** @type {boolean} */ up) => (up ? this.#startSending() : this.#onConnectionLost());

  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Record<string, any>} startFields fields of `start`
   * @param {UplinkListener} listener
   */
  constructor(connection, platform, startFields, listener) {
    this.connection = connection;
    this.startFields = startFields;
    this.listener = listener;
    this.#platform = platform;
    this.#backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, platform.random);
  }

  open() {
    this.connection.watchers.add(this.#onConnection);
    this.connection.connect();
    if (this.connection.state === "ready") this.#startSending();
    else if (this.connection.state !== "connecting") this.interrupt(FALLBACK.noConnection);
  }

  /**
   * Requests no more frames.
   * @param {boolean} newest whether no later utterance has been sent
   */
  close(newest) {
    this.#closed = true;
    this.connection.watchers.delete(this.#onConnection);
    this.#platform.clearTimeout(this.#timer);
    this.serverUtterance?.abandon(newest);
    this.serverUtterance = null;
  }

  /** @param {Record<string, number>} emotions */
  setEmotions(emotions) {
    if (this.serverUtterance && !this.serverUtterance.ended)
      this.connection.send({ type: "emotions", emotions });
  }

  /**
   * Sends everything from the position that the subclass chooses.
   * @protected
   */
  startSending() {}

  /**
   * @protected
   * @param {number} first index in the frame track
   * @param {Record<string, any>} audio format as in `start`
   */
  startUtterance(first, audio) {
    return this.openUtterance(first, { ...this.startFields(), audio });
  }

  /**
   * @protected
   * @param {number} first index in the frame track
   * @param {Record<string, any>} fields fields of the opening message
   */
  openUtterance(first, fields) {
    this.fps ||= fields.fps ?? this.connection.ready.fps;
    this.serverUtterance = new ServerUtterance(this.connection, first, this);
    this.serverUtterance.start({ ...fields, fps: this.fps });
    return this.serverUtterance;
  }

  /** @param {any} message */
  onStarted({ fps, lookahead }) {
    this.#backoff.reset();
    this.listener.onStarted(fps, lookahead);
  }

  /**
   * @param {number} first
   * @param {FrameBlock} block
   */
  onFrames(first, block) {
    const columns = this.connection.columns;
    if (columns && !this.#closed) this.listener.onFrames(first, block.values, columns, block.scale);
  }

  /**
   * @param {any} message
   * @param {ServerUtterance} serverUtterance
   */
  onEnd(message, serverUtterance) {
    if (serverUtterance !== this.serverUtterance) return;
    this.connection.watchers.delete(this.#onConnection);
    this.listener.onEnd(message.duration, message.warning);
  }

  /**
   * @param {any} message
   * @param {ServerUtterance} serverUtterance
   */
  onError(message, serverUtterance) {
    if (serverUtterance !== this.serverUtterance) return;
    if (message.continues) this.listener.onFailure(serverError(message));
    else if (message.code === "busy") this.#retry();
    else if (serverUtterance.done) this.fail(serverError(message));
  }

  /**
   * @protected
   * @param {A2FError} error
   */
  fail(error) {
    this.serverUtterance = null;
    this.connection.watchers.delete(this.#onConnection);
    this.listener.onFailure(error);
  }

  /**
   * Reports that there will be no frames for some time.
   * @protected
   * @param {FallbackReason} reason
   */
  interrupt(reason) {
    this.listener.onInterruption(reason);
  }

  /**
   * Delays an action until the server would accept it: `start` is refused while the server synthesises
   * speech.
   * @protected
   * @param {() => void} action
   */
  whenAllowed(action) {
    this.connection.utterances.afterServerSpeech(action);
  }

  #startSending() {
    this.#platform.clearTimeout(this.#timer);
    this.whenAllowed(() => {
      if (!this.#closed) this.startSending();
    });
  }

  #onConnectionLost() {
    this.#platform.clearTimeout(this.#timer);
    const had = this.serverUtterance !== null;
    this.serverUtterance = null;
    this.interrupt(had ? FALLBACK.connectionLost : FALLBACK.noConnection);
  }

  /**
   * Retries after a delay, on a new connection if nothing else is open: a load balancer may then choose
   * another server.
   */
  #retry() {
    this.serverUtterance = null;
    this.interrupt(FALLBACK.serverBusy);
    this.#timer = this.#platform.setTimeout(() => {
      if (this.connection.state === "ready" && !this.connection.switchServer()) this.#startSending();
    }, this.#backoff.next());
  }
}

/**
 * Returns true if the server cannot decode a file. The browser may be able to: it knows other formats, and accepts
 * files that were cut.
 * @param {{code: string}} error
 */
export function isUndecodable({ code }) {
  return code === "unsupported_audio" || code === "bad_audio";
}
