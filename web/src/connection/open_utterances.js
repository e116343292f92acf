import { OpenRequests } from "./open_requests.js";
import { decodeAudio, decodeFrames } from "./protocol.js";

/** @import { AudioBlock, FrameBlock } from "./protocol.js" */

/**
 * @typedef {object} MessageListener Receives the messages of one server utterance.
 * @property {(message: any) => void} onMessage
 * @property {(block: FrameBlock) => void} onFrames
 * @property {(block: AudioBlock) => void} onAudio
 */

/**
 * The server utterances that are open on a connection. Each receives the messages that name it; those of unknown
 * utterances are dropped.
 */
export class OpenUtterances {
  /** @type {Map<number, MessageListener>} */
  #listeners = new Map();
  /** Ids of utterances that the server synthesises. @type {Set<number>} */
  #serverSpeech = new Set();
  /** @type {(() => void)[]} */
  #afterServerSpeech = [];
  #requests = new OpenRequests();
  #lastId = 0;

  /** True if there are none. */
  get isEmpty() {
    return this.#listeners.size === 0;
  }

  /**
   * @param {MessageListener} listener
   * @param {boolean} speaks whether the server synthesises the audio
   * @returns {number} id of the utterance in the protocol; always increasing
   */
  add(listener, speaks) {
    this.#listeners.set(++this.#lastId, listener);
    this.#requests.add(this.#lastId);
    if (speaks) this.#serverSpeech.add(this.#lastId);
    return this.#lastId;
  }

  /** @param {number} id */
  remove(id) {
    this.#listeners.delete(id);
    if (!this.#serverSpeech.delete(id) || this.#serverSpeech.size > 0) return;
    for (const action of this.#afterServerSpeech.splice(0)) action();
  }

  /** Forgets all, because the connection is lost. */
  clear() {
    this.#listeners.clear();
    this.#requests.clear();
    this.#serverSpeech.clear();
    this.#afterServerSpeech = [];
  }

  /**
   * @param {() => void} action called as soon as the server synthesises nothing; never if the connection is
   *   lost before
   */
  afterServerSpeech(action) {
    if (this.#serverSpeech.size === 0) action();
    else this.#afterServerSpeech.push(action);
  }

  /**
   * Passes on a binary message.
   * @param {ArrayBuffer} data
   * @throws {A2FError} bad_message
   */
  onBinary(data) {
    const frames = decodeFrames(data);
    if (frames) return this.#listeners.get(frames.utterance)?.onFrames(frames);
    const sound = decodeAudio(data);
    if (sound) this.#listeners.get(sound.utterance)?.onAudio(sound);
  }

  /**
   * Passes on a JSON message.
   * @param {any} message
   * @returns {boolean} false: it is an error of the connection itself
   */
  onMessage(message) {
    const { type, utterance } = message;
    if (type === "error" && utterance === undefined) return this.#onUnnamedError(message);
    this.#requests.onAnswer(message, !this.#serverSpeech.has(utterance));
    this.#listeners.get(utterance)?.onMessage(message);
    return true;
  }

  /** @param {any} error */
  #onUnnamedError(error) {
    if (error.fatal) return false;
    const id = this.#requests.refusedBy(error);
    // Without a request, `bad_state` answers audio that was on the way when its utterance ended.
    if (id === undefined) return error.code === "bad_state";
    if (!this.#serverSpeech.has(id)) this.#requests.expectEchoes();
    this.#listeners.get(id)?.onMessage(error);
    return true;
  }
}
