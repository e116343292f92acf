import { PcmReader } from "../audio/pcm.js";
import { A2FError } from "../errors.js";

/**
 * @import { PcmFormat } from "../audio/pcm.js"
 * @import { Outcome, Rank } from "../types.js"
 * @import { Utterance } from "./utterance.js"
 */

/** A stream of PCM that is heard and shown while it is written. Made by `client.start()`. */
export class PcmStream {
  #utterance;
  #reader;
  #format;
  #uplink;
  #cancel;
  #samples = 0;

  /**
   * @param {Utterance} utterance
   * @param {PcmFormat} format
   * @param {{write: (bytes: Uint8Array) => void, end: () => void}} uplink
   * @param {() => void} cancel
   */
  constructor(utterance, format, uplink, cancel) {
    this.#utterance = utterance;
    this.#format = format;
    this.#reader = new PcmReader(format);
    this.#uplink = uplink;
    this.#cancel = cancel;
  }

  get id() {
    return this.#utterance.id;
  }

  /** Resolves when it has been heard, or was cancelled. @returns {Promise<Outcome>} */
  get done() {
    return this.#utterance.done;
  }

  /** What carried most of it so far. @returns {Rank} */
  get rank() {
    return this.#utterance.rank;
  }

  /** No more can be written. */
  get ended() {
    return this.#utterance.inputEnded;
  }

  /**
   * Takes PCM of any length and returns at once, whatever the server does.
   * @param {Int16Array | Float32Array | ArrayBuffer | Uint8Array} pcm channels interleaved; bytes are in the
   *   encoding of `start` and may end within a sample
   */
  write(pcm) {
    if (this.ended) {
      throw new A2FError("bad_state", "This utterance has ended; call start() for the next one.");
    }
    const { bytes, planes } = this.#reader.read(pcm);
    if (bytes.length === 0) return;
    this.#samples += planes[0].length;
    this.#utterance.addAudio(planes);
    this.#uplink.write(bytes);
  }

  /** No more PCM will come. */
  end() {
    if (this.ended) return;
    if (this.#reader.pending > 0) this.#utterance.onFailure(halfSample());
    this.#uplink.end();
    this.#utterance.finishAudio(this.#samples / this.#format.sampleRate);
  }

  /** Stops sound and face at once. */
  cancel() {
    this.#cancel();
  }

  /**
   * Visemes of a speech service, for when the server's frames fail.
   * @param {number} time seconds
   * @param {number} id Azure viseme, 0–21
   */
  addViseme(time, id) {
    this.#utterance.onViseme(time, id);
  }

  /**
   * A word of a speech service, for whoever listens to `word`.
   * @param {number} time seconds
   * @param {number} duration seconds
   * @param {string} text
   */
  addWord(time, duration, text) {
    this.#utterance.onWord(time, duration, text);
  }
}

function halfSample() {
  return new A2FError("bad_audio", "The PCM ends within a sample; check encoding and channels of start().");
}
