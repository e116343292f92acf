/**
 * @import { Connection } from "./connection.js"
 * @import { AudioBlock, FrameBlock } from "./protocol.js"
 */

/**
 * One utterance on the wire. What a user calls an utterance may take several: after a broken connection, and
 * when a microphone outlasts the server's limit. `first` says where its frame 0 lies on the whole timeline.
 */
export class ServerUtterance {
  id = 0;
  /** No more audio may be sent. */
  ended = false;
  /** The server has answered everything, or given up. */
  done = false;
  #started = false;
  #connection;
  #listener;

  /**
   * @param {Connection} connection which is ready
   * @param {number} first frame of the timeline at which it starts
   * @param {ServerUtteranceListener} listener
   */
  constructor(connection, first, listener) {
    this.first = first;
    this.#connection = connection;
    this.#listener = listener;
  }

  /** @param {Record<string, any>} fields of `start`, or of `speak` with that `type` */
  start(fields) {
    this.id = this.#connection.register(this, fields.type === "speak");
    this.#connection.send({ type: "start", ...fields, utterance: this.id });
  }

  /** @param {Uint8Array} bytes */
  sendAudio(bytes) {
    this.#connection.send(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    this.#connection.send({ type: "end" });
  }

  /** Wants no more of it. `cancel` drops whatever is open, so it is only said while nothing newer is. */
  abandon(newest = true) {
    if (this.done) return;
    this.#leave();
    if (newest || !this.ended) this.#connection.send({ type: "cancel" });
  }

  /** @param {FrameBlock} block */
  onFrames(block) {
    this.#listener.onFrames(this.first + block.first, block, this);
  }

  /** @param {AudioBlock} block */
  onAudio(block) {
    this.#listener.onAudio?.(block);
  }

  /** @param {any} message */
  onMessage(message) {
    if (message.type === "viseme") this.#listener.onViseme?.(message);
    else if (message.type === "word") this.#listener.onWord?.(message);
    else if (message.type === "started") this.#start(message);
    else if (message.type === "end" || message.type === "cancelled") this.#finish(message);
    else if (message.type === "error") this.#fail(message);
  }

  /** @param {any} message */
  #start(message) {
    this.#started = true;
    this.#listener.onStarted(message, this);
  }

  /** @param {any} message */
  #finish(message) {
    this.#leave();
    if (message.type === "end") this.#listener.onEnd(message, this);
  }

  /** @param {any} message */
  #fail(message) {
    // Once it runs, a complaint about a single message does not end it, nor does a voice end with its face.
    const ends = !this.#started || !/^bad_(message|state)$/.test(message.code);
    if (ends && !message.continues) this.#leave();
    this.#listener.onError(message, this);
  }

  #leave() {
    this.done = true;
    this.#connection.unregister(this.id);
  }
}

/**
 * @typedef {object} ServerUtteranceListener
 * @property {(message: any, serverUtterance: ServerUtterance) => void} onStarted
 * @property {(first: number, block: FrameBlock, serverUtterance: ServerUtterance) => void} onFrames
 * @property {(message: any, serverUtterance: ServerUtterance) => void} onEnd
 * @property {(message: any, serverUtterance: ServerUtterance) => void} onError
 * @property {(block: AudioBlock) => void} [onAudio] where the server speaks
 * @property {(message: any) => void} [onViseme]
 * @property {(message: any) => void} [onWord]
 */
