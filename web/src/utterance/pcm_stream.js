import { checkedText, checkedViseme, requireReachable, requireSeconds } from "../argument_checks.js";
import { PcmReader } from "../audio/pcm.js";
import { A2FError, requireArgument } from "../errors.js";

/**
 * @import { PcmFormat } from "../audio/pcm.js"
 * @import { Outcome, Rank } from "../types.js"
 * @import { VisemeScheme } from "../viseme_schemes.js"
 * @import { Utterance } from "./utterance.js"
 */

/** A PCM stream that is played and animated while it is written. Returned by `client.start()`. */
export class PcmStream {
  #utterance;
  #reader;
  #format;
  #uplink;
  #cancel;
  #samples = 0;
  /** `end()` was called. */
  #ended = false;

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

  /** Resolves when it was played or cancelled. @returns {Promise<Outcome>} */
  get done() {
    return this.#utterance.done;
  }

  /** Seconds of audio so far. */
  get #written() {
    return this.#samples / this.#format.sampleRate;
  }

  /** The source used most so far. @returns {Rank} */
  get rank() {
    return this.#utterance.rank;
  }

  /** True after `end()` or `cancel()`. */
  get ended() {
    return this.#utterance.inputEnded;
  }

  /**
   * Writes PCM of any length. Never blocks. Ignored after `cancel()`, or if playback has failed: the source may
   * still be sending.
   * @param {Int16Array | Float32Array | ArrayBuffer | Uint8Array} pcm interleaved channels; raw bytes are in
   *   the encoding given to `start` and may end within a sample
   */
  write(pcm) {
    if (this.#utterance.cancelled) return;
    if (this.#ended) {
      throw new A2FError("bad_state", "This utterance has ended; call start() for the next one.");
    }
    if (this.ended) return;
    const { bytes, planes } = this.#reader.read(pcm);
    if (bytes.length === 0) return;
    this.#samples += planes[0].length;
    this.#utterance.addAudio(planes);
    this.#uplink.write(bytes);
  }

  /** Ends the stream. */
  end() {
    if (this.ended) return;
    this.#ended = true;
    if (this.#reader.pending > 0) this.#utterance.onFailure(halfSample());
    this.#uplink.end();
    this.#utterance.finishAudio(this.#written);
  }

  /** Stops audio and animation immediately. */
  cancel() {
    this.#cancel();
  }

  /**
   * Adds a viseme of a speech service. Visemes are used if there are no server frames. Ignored once the utterance
   * is over.
   * @param {number} time seconds
   * @param {number | string} id an Azure viseme, 0–21, or one of `scheme`
   * @param {VisemeScheme} [scheme] the set that the id belongs to: `azure`, `oculus` (PP or viseme_PP), `polly` or
   *   `rhubarb`; with `arpabet` or `ipa` the id is a phone
   * @throws {A2FError} bad_argument. A time in another unit also drops the visemes added so far, so that
   *   loudness moves the mouth
   */
  addViseme(time, id, scheme = "azure") {
    const viseme = checkedViseme(id, scheme);
    requireSeconds("time", time);
    this.#utterance.requireUnit(() => requireReachable("time", time, this.#written));
    this.#utterance.onViseme(time, viseme);
  }

  /**
   * Adds a word of a speech service, for listeners of `word` and the outcome. Ignored once the utterance is over.
   * @param {number} time seconds
   * @param {number} duration seconds
   * @param {string} text
   * @throws {A2FError} bad_argument
   */
  addWord(time, duration, text) {
    requireSeconds("time", time);
    requireSeconds("duration", duration);
    requireReachable("time", time, this.#written);
    requireReachable("duration", duration, this.#written);
    requireArgument(
      checkedText("text", text) !== undefined,
      "text is missing; give the word that is spoken.",
    );
    this.#utterance.onWord(time, duration, text);
  }

  /**
   * Adds a bookmark, for listeners of `bookmark`. Ignored once the utterance is over.
   * @param {number} time seconds
   * @param {string} name
   * @throws {A2FError} bad_argument
   */
  addBookmark(time, name) {
    requireSeconds("time", time);
    requireReachable("time", time, this.#written);
    requireArgument(checkedText("name", name) !== undefined, "name is missing; give the bookmark's name.");
    this.#utterance.onBookmark(time, name);
  }
}

function halfSample() {
  return new A2FError("bad_audio", "The PCM ends within a sample; check encoding and channels of start().");
}
