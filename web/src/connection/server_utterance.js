/**
 * @import { Connection } from "./connection.js"
 * @import { AudioBlock, FrameBlock } from "./protocol.js"
 */

/** An utterance that is cancelled although nobody here asked for it. */
const CANCELLED = {
  code: "bad_state",
  message: "The server cancelled this utterance; speak it again if it is still needed.",
};

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
  #speaks = false;
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
    this.#speaks = fields.type === "speak";
    this.id = this.#connection.utterances.add(this, this.#speaks);
    this.#connection.send({ type: "start", ...fields, utterance: this.id });
  }

  /** @param {Uint8Array} bytes */
  sendAudio(bytes) {
    this.#connection.send(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    if (!this.#speaks) this.#connection.send({ type: "end" });
  }

  /**
   * Discards further results. The protocol's `cancel` stops everything on the connection, so it is sent only if
   * nothing else is open.
   */
  abandon(newest = true) {
    if (this.done) return;
    this.#unregister();
    if (!this.#connection.utterances.isEmpty) this.end();
    else if (newest || !this.ended) this.#connection.send({ type: "cancel" });
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
    if (message.type === "viseme") this.#listener.onViseme?.(message, this);
    else if (message.type === "word") this.#listener.onWord?.(message);
    else if (message.type === "bookmark") this.#listener.onBookmark?.(message);
    else if (message.type === "started") this.#listener.onStarted(message, this);
    else if (message.type === "end") this.#finish(message);
    else if (message.type === "cancelled") this.#fail(CANCELLED);
    else if (message.type === "error") this.#fail(message);
  }

  /** @param {any} message */
  #finish(message) {
    this.#unregister();
    this.#listener.onEnd(message, this);
  }

  /** @param {any} message */
  #fail(message) {
    // A failed animation does not end the audio.
    if (!message.continues) this.#unregister();
    this.#listener.onError(message, this);
  }

  #unregister() {
    this.done = true;
    this.#connection.utterances.remove(this.id);
  }
}

/**
 * @typedef {object} ServerUtteranceListener
 * @property {(message: any, serverUtterance: ServerUtterance) => void} onStarted
 * @property {(first: number, block: FrameBlock, serverUtterance: ServerUtterance) => void} onFrames
 * @property {(message: any, serverUtterance: ServerUtterance) => void} onEnd
 * @property {(message: any, serverUtterance: ServerUtterance) => void} onError
 * @property {(block: AudioBlock) => void} [onAudio] only for synthesised speech
 * @property {(message: any, serverUtterance: ServerUtterance) => void} [onViseme]
 * @property {(message: any) => void} [onWord]
 * @property {(message: any) => void} [onBookmark]
 */
