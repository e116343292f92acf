/**
 * @import { Connection } from "./connection.js"
 * @import { AudioBlock, FrameBlock } from "./protocol.js"
 */

/**
 * One utterance in terms of the protocol. An utterance of the client may need several: after a reconnect, or
 * when a microphone exceeds the server's limit. `first` is the position of its frame 0 in the client's frame
 * track.
 */
export class ServerUtterance {
  id = 0;
  /** No more audio may be sent. */
  ended = false;
  /** The server has finished or failed. */
  done = false;
  #started = false;
  #connection;
  #listener;

  /**
   * @param {Connection} connection must be ready
   * @param {number} first index in the frame track at which it starts
   * @param {ServerUtteranceListener} listener
   */
  constructor(connection, first, listener) {
    this.first = first;
    this.#connection = connection;
    this.#listener = listener;
  }

  /** @param {Record<string, any>} fields fields of `start`, or of `speak` if `type` says so */
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

  /**
   * Discards further results. The protocol's `cancel` stops whatever is open, so it is sent only if nothing
   * newer was.
   */
  abandon(newest = true) {
    if (this.done) return;
    this.#unregister();
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
    this.#unregister();
    if (message.type === "end") this.#listener.onEnd(message, this);
  }

  /** @param {any} message */
  #fail(message) {
    // Once started, an error about a single message does not end the utterance, and a failed animation does
    // not end its audio.
    const ends = !this.#started || !/^bad_(message|state)$/.test(message.code);
    if (ends && !message.continues) this.#unregister();
    this.#listener.onError(message, this);
  }

  #unregister() {
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
 * @property {(block: AudioBlock) => void} [onAudio] only for synthesised speech
 * @property {(message: any) => void} [onViseme]
 * @property {(message: any) => void} [onWord]
 */
