import { PcmStore } from "../sound/pcm_store.js";
import { Uplink } from "./uplink.js";

/** What is heard may be asked for again this far back, in seconds. */
const KEEP_S = 1;
/** Shares of the server's limit at which a segment ends: at a pause, or anyhow. */
const ROLL_SOON = 0.8;
const ROLL_NOW = 0.98;
const PAUSE_S = 0.2;

/**
 * Streams PCM. Before a segment reaches the server's limit the next one begins, at a pause if there is one,
 * exactly on a frame; after a broken connection it goes on from what is being heard.
 */
export class PcmUplink extends Uplink {
  #format;
  #store;
  #sent = 0;
  #segmentStart = 0;
  #ended = false;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("../types.js").Platform} platform
   * @param {() => Record<string, any>} settings
   * @param {import("./uplink.js").Sink} sink
   * @param {import("../sound/pcm.js").PcmFormat} format
   */
  constructor(connection, platform, settings, sink, format) {
    super(connection, platform, settings, sink);
    this.#format = format;
    // Pieces of a tenth of a second keep messages small and let a segment end where it should.
    this.#store = new PcmStore(Math.ceil(format.sampleRate / 10) * format.blockBytes);
  }

  /** @param {Uint8Array} bytes whole instants */
  write(bytes) {
    this.#store.push(bytes);
    this.#pump();
    // While the server is away nothing is sent, and what was heard long ago never will be.
    const kept = (this.sink.heard() - KEEP_S) * this.#format.secondBytes;
    this.#store.trim(this.segment ? Math.min(this.#sent, kept) : kept);
  }

  end() {
    this.#ended = true;
    this.#pump();
  }

  /** @override @protected */
  begin() {
    const late = this.fps > 0 ? Math.floor(this.sink.heard() * this.fps) : 0;
    this.#startAt(late);
    this.#pump();
  }

  /** @param {number} frame of the timeline */
  #startAt(frame) {
    const { encoding, sampleRate, channels, blockBytes } = this.#format;
    if (frame > 0) this.sink.onSeam(frame);
    this.startSegment(frame, { encoding, sample_rate: sampleRate, channels });
    this.#sent = this.#segmentStart = Math.ceil((frame * sampleRate) / this.fps) * blockBytes;
  }

  #pump() {
    while (this.segment) {
      const piece = this.#store.from(this.#sent);
      if (!piece) break;
      this.segment.audio(piece);
      this.#sent += piece.length;
      if (this.#due()) this.#roll();
    }
    if (this.#ended) this.segment?.end();
  }

  #due() {
    const limit = this.connection.ready?.limits?.utterance_s ?? Number.POSITIVE_INFINITY;
    const seconds = (this.#sent - this.#segmentStart) / this.#format.secondBytes;
    if (seconds >= limit * ROLL_NOW - 0.1) return true;
    return seconds >= limit * ROLL_SOON && this.#sent === this.#store.end && this.sink.quiet() >= PAUSE_S;
  }

  #roll() {
    if (this.#ended && this.#sent === this.#store.end) return;
    this.segment?.end();
    this.#startAt(Math.floor((this.#sent / this.#format.secondBytes) * this.fps));
  }
}
