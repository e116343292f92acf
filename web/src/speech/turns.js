/** Also when the page is hidden, and no frames are drawn, what has been heard must come to its end. */
const HEARTBEAT_MS = 200;

/** @typedef {import("./speech.js").Speech} Speech */

/** Who speaks: one utterance at a time, the others wait their turn in the order they came. */
export class Turns {
  #platform;
  #emit;
  #patience;
  /** @type {Speech[]} */
  #queue = [];
  #heartbeat = /** @type {any} */ (null);
  #waiting = /** @type {any} */ (null);

  /**
   * @param {import("../types.js").Platform} platform
   * @param {(event: keyof import("../types.js").Events, payload: any) => void} emit
   * @param {() => number} patience ms that sound waits for frames
   */
  constructor(platform, emit, patience) {
    this.#platform = platform;
    this.#emit = emit;
    this.#patience = patience;
  }

  /** Whose turn it is. @returns {Speech | null} */
  get current() {
    return this.#queue[0] ?? null;
  }

  /** The one that came last. @returns {Speech | null} */
  get newest() {
    return this.#queue.at(-1) ?? null;
  }

  /** The one being heard. @returns {Speech | null} */
  get speaking() {
    const { current } = this;
    return current?.begun ? current : null;
  }

  /** @param {Speech} speech */
  add(speech) {
    this.#queue.push(speech);
    this.advance();
    this.#beat();
  }

  /** Lets begin what may begin, and end what has been heard. */
  advance() {
    const { current } = this;
    if (!current) return;
    if (current.over(this.#platform.now())) this.remove(current);
    else if (current.begun && current.voice.idle && this.#queue.length > 1) this.cancelOne(current);
    else if (!current.begun && current.audible) this.#tryBegin(current);
  }

  /** @param {Speech} speech */
  remove(speech) {
    const at = this.#queue.indexOf(speech);
    if (at < 0) return;
    const newest = speech === this.newest;
    this.#queue.splice(at, 1);
    if (speech.begun) this.#emit("speaking", { speaking: false, utterance: speech.id });
    speech.close(newest);
    if (at > 0) return;
    this.#stopWaiting();
    if (this.#queue.length === 0) this.#platform.clearTimeout(this.#heartbeat);
    this.advance();
  }

  /** Ends everything at once. */
  cancel() {
    // From the last, so that the server is told about the newest first.
    for (const speech of [...this.#queue].reverse()) this.cancelOne(speech);
  }

  /** @param {Speech} speech */
  cancelOne(speech) {
    if (!this.#queue.includes(speech)) return;
    speech.cancelled = true;
    if (speech.begun) speech.voice.stop();
    this.remove(speech);
  }

  /**
   * Sound waits for the first frames, but not for long.
   * @param {Speech} speech
   */
  #tryBegin(speech) {
    if (speech.prepared || speech.voice.immediate) return this.#begin(speech);
    this.#waiting ??= this.#platform.setTimeout(() => speech.prepare(), this.#patience());
  }

  /** @param {Speech} speech */
  #begin(speech) {
    this.#stopWaiting();
    this.#emit("speaking", { speaking: true, utterance: speech.id });
    speech.begin();
  }

  #stopWaiting() {
    this.#platform.clearTimeout(this.#waiting);
    this.#waiting = null;
  }

  #beat() {
    this.#platform.clearTimeout(this.#heartbeat);
    if (this.#queue.length === 0) return;
    this.#heartbeat = this.#platform.setTimeout(() => {
      this.advance();
      this.#beat();
    }, HEARTBEAT_MS);
  }
}
