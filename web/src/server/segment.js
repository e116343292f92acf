/** @typedef {import("./connection.js").Connection} Connection */

/**
 * One utterance on the wire. What a user calls an utterance may take several: after a broken connection, and
 * when a microphone outlasts the server's limit. `first` says where its frame 0 lies on the whole timeline.
 */
export class Segment {
  id = 0;
  /** No more audio may be sent. */
  ended = false;
  /** The server has answered everything, or given up. */
  over = false;
  #started = false;
  #connection;
  #feed;

  /**
   * @param {Connection} connection which is ready
   * @param {number} first frame of the timeline at which it starts
   * @param {SegmentFeed} feed
   */
  constructor(connection, first, feed) {
    this.first = first;
    this.#connection = connection;
    this.#feed = feed;
  }

  /** @param {Record<string, any>} fields of `start`, or of `speak` with that `type` */
  start(fields) {
    this.id = this.#connection.register(this, fields.type === "speak");
    this.#connection.send({ type: "start", ...fields, utterance: this.id });
  }

  /** @param {Uint8Array} bytes */
  audio(bytes) {
    this.#connection.send(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    this.#connection.send({ type: "end" });
  }

  /** Wants no more of it. `cancel` drops whatever is open, so it is only said while nothing newer is. */
  abandon(newest = true) {
    if (this.over) return;
    this.#leave();
    if (newest || !this.ended) this.#connection.send({ type: "cancel" });
  }

  /** @param {import("./wire.js").FrameBlock} block */
  onFrames(block) {
    this.#feed.onFrames(this.first + block.first, block, this);
  }

  /** @param {import("./wire.js").AudioBlock} block */
  onAudio(block) {
    this.#feed.onAudio?.(block);
  }

  /** @param {any} message */
  onMessage(message) {
    if (message.type === "viseme") this.#feed.onViseme?.(message);
    else if (message.type === "word") this.#feed.onWord?.(message);
    else if (message.type === "started") this.#start(message);
    else if (message.type === "end" || message.type === "cancelled") this.#finish(message);
    else if (message.type === "error") this.#fail(message);
  }

  /** @param {any} message */
  #start(message) {
    this.#started = true;
    this.#feed.onStarted(message, this);
  }

  /** @param {any} message */
  #finish(message) {
    this.#leave();
    if (message.type === "end") this.#feed.onEnd(message, this);
  }

  /** @param {any} message */
  #fail(message) {
    // Once it runs, a complaint about a single message does not end it, nor does a voice end with its face.
    const ends = !this.#started || !/^bad_(message|state)$/.test(message.code);
    if (ends && !message.continues) this.#leave();
    this.#feed.onError(message, this);
  }

  #leave() {
    this.over = true;
    this.#connection.unregister(this.id);
  }
}

/**
 * @typedef {object} SegmentFeed
 * @property {(message: any, segment: Segment) => void} onStarted
 * @property {(first: number, block: import("./wire.js").FrameBlock, segment: Segment) => void} onFrames
 * @property {(message: any, segment: Segment) => void} onEnd
 * @property {(message: any, segment: Segment) => void} onError
 * @property {(block: import("./wire.js").AudioBlock) => void} [onAudio] where the server speaks
 * @property {(message: any) => void} [onViseme]
 * @property {(message: any) => void} [onWord]
 */
