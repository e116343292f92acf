import { PcmStore } from "../audio/pcm_store.js";
import { Uplink } from "./uplink.js";

/**
 * @import { PcmFormat } from "../audio/pcm.js"
 * @import { Platform } from "../types.js"
 * @import { Connection } from "./connection.js"
 * @import { ServerUtterance } from "./server_utterance.js"
 * @import { SpeechListener } from "./speak_uplink.js"
 * @import { UplinkListener } from "./uplink.js"
 */

/** Seconds of audio before the playback position that are kept for resending. */
const KEEP_S = 1;
/** Fractions of the server's limit at which an utterance is split: at a pause, or at any point. */
const SPLIT_AT_PAUSE = 0.8;
const SPLIT_NOW = 0.98;
const PAUSE_S = 0.2;

/**
 * Streams PCM. Before an utterance reaches the server's limit the next one starts, at a pause if possible and
 * exactly on a frame. After a reconnect, streaming resumes from the playback position.
 */
export class PcmUplink extends Uplink {
  #format;
  #onViseme;
  #store;
  #sent = 0;
  #utteranceStart = 0;
  #ended = false;

  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Record<string, any>} startFields
   * @param {UplinkListener & Partial<Pick<SpeechListener, "onViseme">>} listener
   * @param {PcmFormat} format
   * @param {boolean} [visemes] asks for those that the server hears, if its model can
   */
  constructor(connection, platform, startFields, listener, format, visemes = false) {
    const fields = () =>
      visemes && connection.ready.visemes ? { ...startFields(), visemes } : startFields();
    super(connection, platform, fields, listener);
    this.#onViseme = listener.onViseme?.bind(listener);
    this.#format = format;
    // Pieces of 100 ms keep messages small and allow splitting at the right place.
    this.#store = new PcmStore(Math.ceil(format.sampleRate / 10) * format.blockBytes);
  }

  /** @param {Uint8Array} bytes whole sample blocks */
  write(bytes) {
    this.#store.push(bytes);
    this.#sendPending();
    // Audio that was played while the server was unreachable is never sent.
    const kept = (this.listener.position() - KEEP_S) * this.#format.secondBytes;
    this.#store.trim(this.serverUtterance ? Math.min(this.#sent, kept) : kept);
  }

  end() {
    this.#ended = true;
    this.#sendPending();
  }

  /**
   * @param {{time: number, id: number, phonemes?: string}} message
   * @param {ServerUtterance} serverUtterance
   */
  onViseme({ time, id, phonemes }, { first }) {
    this.#onViseme?.(first / this.fps + time, id, phonemes);
  }

  /** @override @protected */
  startSending() {
    const late = this.fps > 0 ? Math.floor(this.listener.position() * this.fps) : 0;
    this.#startAt(late);
    this.#sendPending();
  }

  /** @param {number} frame index in the frame track */
  #startAt(frame) {
    const { encoding, sampleRate, channels, blockBytes } = this.#format;
    if (frame > 0) this.listener.onSplice(frame);
    this.startUtterance(frame, { encoding, sample_rate: sampleRate, channels });
    this.#sent = this.#utteranceStart = Math.ceil((frame * sampleRate) / this.fps) * blockBytes;
  }

  #sendPending() {
    while (this.serverUtterance) {
      const piece = this.#store.from(this.#sent);
      if (!piece) break;
      this.serverUtterance.sendAudio(piece);
      this.#sent += piece.length;
      if (this.#limitReached()) this.#startNext();
    }
    if (this.#ended) this.serverUtterance?.end();
  }

  #limitReached() {
    const limit = this.connection.ready?.limits?.utterance_s ?? Number.POSITIVE_INFINITY;
    const seconds = (this.#sent - this.#utteranceStart) / this.#format.secondBytes;
    if (seconds >= limit * SPLIT_NOW - 0.1) return true;
    return (
      seconds >= limit * SPLIT_AT_PAUSE &&
      this.#sent === this.#store.end &&
      this.listener.trailingSilence() >= PAUSE_S
    );
  }

  #startNext() {
    if (this.#ended && this.#sent === this.#store.end) return;
    this.serverUtterance?.end();
    this.#startAt(Math.floor((this.#sent / this.#format.secondBytes) * this.fps));
  }
}
