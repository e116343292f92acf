import { decodeFile, wavOf } from "../audio/decode.js";
import { formatOf } from "../audio/file_format.js";
import { Loudness } from "../audio/loudness.js";
import { PcmFormat } from "../audio/pcm.js";
import { FileUplink } from "../connection/file_uplink.js";
import { HttpUplink } from "../connection/http_uplink.js";
import { PcmUplink } from "../connection/pcm_uplink.js";
import { SpeakUplink } from "../connection/speak_uplink.js";
import { requestFields } from "../settings.js";
import { AudioFile } from "./audio_file.js";

/**
 * @import { Connection } from "../connection/connection.js"
 * @import { SpeakText } from "../connection/speak_uplink.js"
 * @import { A2FError } from "../errors.js"
 * @import { Platform, Settings } from "../types.js"
 * @import { Utterance } from "./utterance.js"
 */

/** Chooses how an utterance is sent to the server, and converts audio that the server cannot decode. */
export class UtteranceSender {
  #connection;
  #platform;
  #settings;

  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Settings} settings
   */
  constructor(connection, platform, settings) {
    this.#connection = connection;
    this.#platform = platform;
    this.#settings = settings;
  }

  /**
   * @param {Utterance} utterance
   * @param {Uint8Array} bytes content of an audio file
   * @param {string} type media type, "" if unknown
   */
  sendFile(utterance, bytes, type) {
    const file = new AudioFile(formatOf(bytes, type));
    utterance.file = file;
    const decoded = decodeFile(this.#platform, bytes, type);
    decoded.then((audio) => measure(utterance, audio)).catch(() => {});
    // If nobody can decode it, the server's error is reported, unless the browser was asked to convert.
    if (this.#serverless) {
      decoded.catch((error) => utterance.onFailure(error));
      return utterance.onNoServer();
    }
    const convert = () =>
      void decoded
        .then((audio) => this.#sendDecoded(utterance, file, audio))
        .catch((e) => utterance.onFailure(e));
    utterance.send(
      this.#settings().useWebSocket
        ? new FileUplink(this.#connection, this.#platform, this.#fields, utterance, bytes, convert)
        : this.#http(utterance, { bytes, type }, convert),
    );
  }

  /**
   * @param {Utterance} utterance
   * @param {PcmFormat} format
   * @param {boolean} visemes whether to ask for those that the server hears
   * @returns {{write: (bytes: Uint8Array) => void, end: () => void}}
   */
  openStream(utterance, format, visemes) {
    utterance.sources.addLoudness(new Loudness(format.sampleRate));
    if (this.#serverless) {
      utterance.onNoServer();
      return { write: () => {}, end: () => {} };
    }
    if (!this.#settings().useWebSocket) return this.#collect(utterance, format);
    const uplink = new PcmUplink(this.#connection, this.#platform, this.#fields, utterance, format, visemes);
    utterance.send(uplink);
    return uplink;
  }

  /**
   * Requests speech from the server. Always uses the WebSocket, because it streams.
   * @param {Utterance} utterance
   * @param {SpeakText} words
   */
  sendText(utterance, words) {
    utterance.send(new SpeakUplink(this.#connection, this.#platform, this.#fields, utterance, words));
  }

  /**
   * @param {Utterance} utterance
   * @param {AudioFile} file
   * @param {{sampleRate: number, samples: Float32Array}} audio
   */
  #sendDecoded(utterance, file, { sampleRate, samples }) {
    if (utterance.cancelled) return;
    file.decoder = "browser";
    const format = new PcmFormat({ sampleRate, encoding: "pcm_f32le" });
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    if (!this.#settings().useWebSocket) {
      return utterance.send(this.#http(utterance, { bytes: wavOf(bytes, format), type: "audio/wav" }));
    }
    const uplink = new PcmUplink(this.#connection, this.#platform, this.#fields, utterance, format);
    utterance.send(uplink);
    uplink.write(bytes);
    uplink.end();
  }

  /**
   * @param {Utterance} utterance
   * @param {{bytes: Uint8Array, type: string}} file
   * @param {(error: A2FError) => void} [convert]
   */
  #http(utterance, file, convert = (error) => utterance.onFailure(error)) {
    return new HttpUplink(this.#platform, this.#settings, this.#fields, utterance, file, convert);
  }

  /**
   * HTTP needs a whole file, so a stream is sent once it has ended.
   * @param {Utterance} utterance
   * @param {PcmFormat} format
   */
  #collect(utterance, format) {
    /** @type {Uint8Array[]} */
    const pieces = [];
    return {
      write: (/** @type {Uint8Array} */ bytes) => void pieces.push(bytes),
      end: () => {
        const file = { bytes: wavOf(joined(pieces), format), type: "audio/wav" };
        if (pieces.length > 0 && !utterance.cancelled) utterance.send(this.#http(utterance, file));
      },
    };
  }

  get #serverless() {
    return this.#settings().serverUrl === false;
  }

  #fields = () => requestFields(this.#settings());
}

/**
 * @param {Utterance} utterance
 * @param {{sampleRate: number, samples: Float32Array}} audio
 */
function measure(utterance, { sampleRate, samples }) {
  utterance.duration ||= samples.length / sampleRate;
  utterance.sources.addLoudness(new Loudness(sampleRate));
  utterance.sources.addAudio([samples]);
  utterance.sources.finishAudio();
  utterance.recorder?.addAudio([samples]);
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
