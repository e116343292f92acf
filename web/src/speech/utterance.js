import { A2FError } from "../errors.js";
import { PcmReader } from "../sound/pcm.js";

/** A stream of PCM that is heard and shown while it is written. Made by `client.start()`. */
export class Utterance {
  #speech;
  #reader;
  #format;
  #uplink;
  #cancel;
  #samples = 0;

  /**
   * @param {import("./speech.js").Speech} speech
   * @param {import("../sound/pcm.js").PcmFormat} format
   * @param {{write: (bytes: Uint8Array) => void, end: () => void}} uplink
   * @param {() => void} cancel
   */
  constructor(speech, format, uplink, cancel) {
    this.#speech = speech;
    this.#format = format;
    this.#reader = new PcmReader(format);
    this.#uplink = uplink;
    this.#cancel = cancel;
  }

  get id() {
    return this.#speech.id;
  }

  /** Resolves when it has been heard, or was cancelled. @returns {Promise<import("../types.js").Outcome>} */
  get done() {
    return this.#speech.done;
  }

  /** What carried most of it so far. @returns {import("../types.js").Rank} */
  get rank() {
    return this.#speech.rank;
  }

  /** No more can be written. */
  get ended() {
    return this.#speech.inputEnded;
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
    this.#speech.hear(planes);
    this.#uplink.write(bytes);
  }

  /** No more PCM will come. */
  end() {
    if (this.ended) return;
    if (this.#reader.pending > 0) this.#speech.onFailure(halfSample());
    this.#uplink.end();
    this.#speech.finishSound(this.#samples / this.#format.sampleRate);
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
    this.#speech.onViseme(time, id);
  }

  /**
   * A word of a speech service, for whoever listens to `word`.
   * @param {number} time seconds
   * @param {number} duration seconds
   * @param {string} text
   */
  addWord(time, duration, text) {
    this.#speech.onWord(time, duration, text);
  }
}

function halfSample() {
  return new A2FError("bad_audio", "The PCM ends within a sample; check encoding and channels of start().");
}
