/**
 * @import { Events, Platform } from "../types.js"
 * @import { Utterance } from "./utterance.js"
 */

/** Utterances must end on time even if the page is hidden and no frames are drawn. */
const HEARTBEAT_MS = 200;

/** Plays utterances one at a time, in the order in which they were added. */
export class UtteranceQueue {
  #platform;
  #emit;
  #patience;
  /** @type {Utterance[]} */
  #queue = [];
  #heartbeat = /** @type {any} */ (null);
  #patienceTimer = /** @type {any} */ (null);

  /**
   * @param {Platform} platform
   * @param {(event: keyof Events, payload: any) => void} emit
   * @param {() => number} patience milliseconds that playback waits for frames
   */
  constructor(platform, emit, patience) {
    this.#platform = platform;
    this.#emit = emit;
    this.#patience = patience;
  }

  /** The first in the queue. @returns {Utterance | null} */
  get current() {
    return this.#queue[0] ?? null;
  }

  /** The last in the queue. @returns {Utterance | null} */
  get newest() {
    return this.#queue.at(-1) ?? null;
  }

  /** The one being played. @returns {Utterance | null} */
  get speaking() {
    const { current } = this;
    return current?.playing ? current : null;
  }

  /** @param {Utterance} utterance */
  add(utterance) {
    this.#queue.push(utterance);
    this.advance();
    this.#scheduleHeartbeat();
  }

  /** Starts the current utterance if it is ready, and ends it if it is over. */
  advance() {
    const { current } = this;
    if (!current) return;
    if (current.isOver(this.#platform.now())) this.remove(current);
    else if (current.playing && current.sink.isPaused && this.#queue.length > 1) this.cancel(current);
    else if (!current.playing && current.audible) this.#tryToPlay(current);
  }

  /** @param {Utterance} utterance */
  remove(utterance) {
    const at = this.#queue.indexOf(utterance);
    if (at < 0) return;
    const newest = utterance === this.newest;
    this.#queue.splice(at, 1);
    if (utterance.playing) this.#emit("speaking", { speaking: false, utterance: utterance.id });
    utterance.close(newest);
    if (at > 0) return;
    this.#clearPatience();
    if (this.#queue.length === 0) this.#platform.clearTimeout(this.#heartbeat);
    this.advance();
  }

  /** Ends all utterances immediately. */
  cancelAll() {
    // Newest first, as the server has to be told.
    for (const utterance of [...this.#queue].reverse()) this.cancel(utterance);
  }

  /** @param {Utterance} utterance */
  cancel(utterance) {
    if (!this.#queue.includes(utterance)) return;
    utterance.cancelled = true;
    if (utterance.playing) utterance.sink.stop();
    this.remove(utterance);
  }

  /**
   * Playback waits for the jitter buffer, and for the first frames, but for those only a short time.
   * @param {Utterance} utterance
   */
  #tryToPlay(utterance) {
    const ready = utterance.ready || utterance.sink.startsImmediately;
    if (ready && utterance.buffered) return this.#play(utterance);
    this.#patienceTimer ??= this.#platform.setTimeout(() => utterance.markReady(), this.#patience());
  }

  /** @param {Utterance} utterance */
  #play(utterance) {
    this.#clearPatience();
    this.#emit("speaking", { speaking: true, utterance: utterance.id });
    utterance.play();
  }

  #clearPatience() {
    this.#platform.clearTimeout(this.#patienceTimer);
    this.#patienceTimer = null;
  }

  #scheduleHeartbeat() {
    this.#platform.clearTimeout(this.#heartbeat);
    if (this.#queue.length === 0) return;
    this.#heartbeat = this.#platform.setTimeout(() => {
      this.advance();
      this.#scheduleHeartbeat();
    }, HEARTBEAT_MS);
  }
}
