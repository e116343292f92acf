import { requestFields } from "../settings.js";
import { decodeFile, wavOf } from "../sound/decode.js";
import { Loudness } from "../sound/loudness.js";
import { PcmFormat } from "../sound/pcm.js";
import { FileUplink } from "./file_uplink.js";
import { HttpUplink } from "./http_uplink.js";
import { PcmUplink } from "./pcm_uplink.js";
import { SpeakUplink } from "./speak_uplink.js";

/** @typedef {import("../speech/speech.js").Speech} Speech */

/** Chooses how an utterance reaches the server, and what to do where the server cannot read it. */
export class Delivery {
  #connection;
  #platform;
  #settings;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("../types.js").Platform} platform
   * @param {() => import("../types.js").Settings} settings
   */
  constructor(connection, platform, settings) {
    this.#connection = connection;
    this.#platform = platform;
    this.#settings = settings;
  }

  /**
   * @param {Speech} speech
   * @param {Uint8Array} bytes of an audio file
   * @param {string} type its media type, "" if unknown
   */
  file(speech, bytes, type) {
    const decoded = decodeFile(this.#platform, bytes);
    decoded.then((audio) => measure(speech, audio)).catch(() => {});
    // What neither side can decode is the server's error to report, unless the browser was asked for help.
    const convert = () =>
      void decoded.then((audio) => this.#decoded(speech, audio)).catch((e) => speech.onFailure(e));
    speech.send(
      this.#settings().useWebSocket
        ? new FileUplink(this.#connection, this.#platform, this.#fields, speech, bytes, convert)
        : this.#http(speech, { bytes, type }, convert),
    );
  }

  /**
   * @param {Speech} speech
   * @param {PcmFormat} format
   * @returns {{write: (bytes: Uint8Array) => void, end: () => void}}
   */
  stream(speech, format) {
    speech.measureWith(new Loudness(format.sampleRate));
    if (!this.#settings().useWebSocket) return this.#collect(speech, format);
    const uplink = new PcmUplink(this.#connection, this.#platform, this.#fields, speech, format);
    speech.send(uplink);
    return uplink;
  }

  /**
   * Always over the WebSocket: nobody wants to wait for a whole sentence.
   * @param {Speech} speech
   * @param {import("./speak_uplink.js").Words} words
   */
  speak(speech, words) {
    speech.send(new SpeakUplink(this.#connection, this.#platform, this.#fields, speech, words));
  }

  /**
   * @param {Speech} speech
   * @param {{sampleRate: number, samples: Float32Array}} audio
   */
  #decoded(speech, { sampleRate, samples }) {
    if (speech.cancelled) return;
    const format = new PcmFormat({ sampleRate, encoding: "pcm_f32le" });
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    if (!this.#settings().useWebSocket) {
      return speech.send(this.#http(speech, { bytes: wavOf(bytes, format), type: "audio/wav" }));
    }
    const uplink = new PcmUplink(this.#connection, this.#platform, this.#fields, speech, format);
    speech.send(uplink);
    uplink.write(bytes);
    uplink.end();
  }

  /**
   * @param {Speech} speech
   * @param {{bytes: Uint8Array, type: string}} file
   * @param {(error: import("../errors.js").A2FError) => void} [convert]
   */
  #http(speech, file, convert = (error) => speech.onFailure(error)) {
    return new HttpUplink(this.#platform, this.#settings, this.#fields, speech, file, convert);
  }

  /**
   * HTTP takes a whole file, so a stream is sent when it has ended.
   * @param {Speech} speech
   * @param {PcmFormat} format
   */
  #collect(speech, format) {
    /** @type {Uint8Array[]} */
    const pieces = [];
    return {
      write: (/** @type {Uint8Array} */ bytes) => void pieces.push(bytes),
      end: () => {
        const file = { bytes: wavOf(joined(pieces), format), type: "audio/wav" };
        if (pieces.length > 0 && !speech.cancelled) speech.send(this.#http(speech, file));
      },
    };
  }

  #fields = () => requestFields(this.#settings());
}

/**
 * @param {Speech} speech
 * @param {{sampleRate: number, samples: Float32Array}} audio
 */
function measure(speech, { sampleRate, samples }) {
  const loudness = new Loudness(sampleRate);
  loudness.push([samples]);
  loudness.finish();
  speech.duration ||= samples.length / sampleRate;
  speech.measureWith(loudness);
  speech.recorder?.hear([samples]);
}

/** @param {Uint8Array[]} pieces */
function joined(pieces) {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
