import { A2FError } from "../errors.js";
import { Backoff } from "./backoff.js";
import { Segment } from "./segment.js";

/** The first wait after `busy`; it doubles. */
export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 10000;

/**
 * @typedef {object} Sink What an uplink tells the utterance.
 * @property {(fps: number, lookahead: number) => void} onStarted
 * @property {(first: number, values: ArrayLike<number>, columns: ArrayLike<number>, scale: number) => void} onFrames
 * @property {(frame: number) => void} onSeam a new segment starts at this frame
 * @property {(duration: number) => void} onEnd all frames are there; seconds of the last segment
 * @property {(reason: string) => void} onTrouble there will be no frames for a while
 * @property {(error: A2FError) => void} onFailure there will be no frames any more
 * @property {() => number} heard seconds
 * @property {() => number} quiet seconds of quiet at the end of what was written
 */

/**
 * Brings an utterance to the server and keeps at it: over broken connections and busy servers. What is sent,
 * and from where it starts over, is for the subclasses to say.
 */
export class Uplink {
  /** @type {Segment | null} */
  segment = null;
  /** @protected */
  connection;
  /** @protected */
  settings;
  /** @protected */
  sink;
  /** Frames a second; fixed by the first segment, so that later ones lie on the same timeline. @protected */
  fps = 0;
  #platform;
  #backoff;
  #timer = /** @type {any} */ (null);
  #closed = false;
  #watch = (/** @type {boolean} */ up) => (up ? this.#begin() : this.#lost());

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("../types.js").Platform} platform
   * @param {() => Record<string, any>} settings fields of `start`
   * @param {Sink} sink
   */
  constructor(connection, platform, settings, sink) {
    this.connection = connection;
    this.settings = settings;
    this.sink = sink;
    this.#platform = platform;
    this.#backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, platform.random);
  }

  open() {
    this.connection.watchers.add(this.#watch);
    this.connection.connect();
    if (this.connection.state === "ready") this.#begin();
    else if (this.connection.state !== "connecting") this.trouble("no connection");
  }

  /**
   * Wants no more frames.
   * @param {boolean} newest whether no later utterance has been sent
   */
  close(newest) {
    this.#closed = true;
    this.connection.watchers.delete(this.#watch);
    this.#platform.clearTimeout(this.#timer);
    this.segment?.abandon(newest);
    this.segment = null;
  }

  /** @param {Record<string, number>} emotions */
  feel(emotions) {
    if (this.segment && !this.segment.ended) this.connection.send({ type: "emotions", emotions });
  }

  /**
   * Sends everything from where the subclass wants to start.
   * @protected
   */
  begin() {}

  /**
   * @protected
   * @param {number} first frame of the timeline
   * @param {Record<string, any>} audio as `start` describes it
   */
  startSegment(first, audio) {
    return this.openSegment(first, { ...this.settings(), audio });
  }

  /**
   * @protected
   * @param {number} first frame of the timeline
   * @param {Record<string, any>} fields of the message that opens it
   */
  openSegment(first, fields) {
    this.fps ||= fields.fps ?? this.connection.ready.fps;
    this.segment = new Segment(this.connection, first, this);
    this.segment.start({ ...fields, fps: this.fps });
    return this.segment;
  }

  /** @param {any} message */
  onStarted({ fps, lookahead }) {
    this.#backoff.reset();
    this.sink.onStarted(fps, lookahead);
  }

  /**
   * @param {number} first
   * @param {import("./wire.js").FrameBlock} block
   */
  onFrames(first, block) {
    const columns = this.connection.columns;
    if (columns && !this.#closed) this.sink.onFrames(first, block.values, columns, block.scale);
  }

  /**
   * @param {any} message
   * @param {Segment} segment
   */
  onEnd(message, segment) {
    if (segment !== this.segment) return;
    this.connection.watchers.delete(this.#watch);
    this.sink.onEnd(message.duration);
  }

  /**
   * @param {any} message
   * @param {Segment} segment
   */
  onError({ code, message, continues }, segment) {
    if (segment !== this.segment) return;
    if (continues) this.sink.onFailure(new A2FError(code, message));
    else if (code === "busy") this.#retry();
    else if (segment.over) this.fail(new A2FError(code, message));
  }

  /**
   * @protected
   * @param {A2FError} error
   */
  fail(error) {
    this.segment = null;
    this.connection.watchers.delete(this.#watch);
    this.sink.onFailure(error);
  }

  /**
   * There will be no frames for a while.
   * @protected
   * @param {string} reason
   */
  trouble(reason) {
    this.sink.onTrouble(reason);
  }

  /**
   * A `start` behind a `speak` is refused, so it waits.
   * @protected
   * @param {() => void} action
   */
  whenAllowed(action) {
    this.connection.whenQuiet(action);
  }

  #begin() {
    this.#platform.clearTimeout(this.#timer);
    this.whenAllowed(() => {
      if (!this.#closed) this.begin();
    });
  }

  #lost() {
    this.#platform.clearTimeout(this.#timer);
    const had = this.segment !== null;
    this.segment = null;
    this.trouble(had ? "connection lost" : "no connection");
  }

  /** A server that is full now may be one of several: who has nothing else there asks the next one. */
  #retry() {
    this.segment = null;
    this.trouble("server busy");
    this.#timer = this.#platform.setTimeout(() => {
      if (this.connection.state === "ready" && !this.connection.move()) this.#begin();
    }, this.#backoff.next());
  }
}
