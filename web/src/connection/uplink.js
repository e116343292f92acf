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

/** The first wait after `busy`; it doubles. */
export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 10000;

/**
 * @typedef {object} UplinkListener What an uplink tells the utterance.
 * @property {(fps: number, lookahead: number) => void} onStarted
 * @property {(first: number, values: ArrayLike<number>, columns: ArrayLike<number>, scale: number) => void} onFrames
 * @property {(frame: number) => void} onSplice a new segment starts at this frame
 * @property {(duration: number) => void} onEnd all frames are there; seconds of the last segment
 * @property {(reason: FallbackReason) => void} onInterruption there will be no frames for a while
 * @property {(error: A2FError) => void} onFailure there will be no frames any more
 * @property {() => number} position seconds
 * @property {() => number} trailingSilence seconds of quiet at the end of what was written
 */

/**
 * Brings an utterance to the server and keeps at it: over broken connections and busy servers. What is sent,
 * and from where it starts over, is for the subclasses to say.
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
  /** Frames a second; fixed by the first segment, so that later ones lie on the same timeline. @protected */
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
   * Wants no more frames.
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
   * Sends everything from where the subclass wants to start.
   * @protected
   */
  startSending() {}

  /**
   * @protected
   * @param {number} first frame of the timeline
   * @param {Record<string, any>} audio as `start` describes it
   */
  startUtterance(first, audio) {
    return this.openUtterance(first, { ...this.startFields(), audio });
  }

  /**
   * @protected
   * @param {number} first frame of the timeline
   * @param {Record<string, any>} fields of the message that opens it
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
    this.listener.onEnd(message.duration);
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
   * There will be no frames for a while.
   * @protected
   * @param {FallbackReason} reason
   */
  interrupt(reason) {
    this.listener.onInterruption(reason);
  }

  /**
   * A `start` behind a `speak` is refused, so it waits.
   * @protected
   * @param {() => void} action
   */
  whenAllowed(action) {
    this.connection.afterServerSpeech(action);
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

  /** A server that is full now may be one of several: who has nothing else there asks the next one. */
  #retry() {
    this.serverUtterance = null;
    this.interrupt(FALLBACK.serverBusy);
    this.#timer = this.#platform.setTimeout(() => {
      if (this.connection.state === "ready" && !this.connection.switchServer()) this.#startSending();
    }, this.#backoff.next());
  }
}
