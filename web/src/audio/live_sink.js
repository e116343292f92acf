import { SteadyClock } from "./clock.js";

/** What the face keeps in hand beyond the largest lag seen, in seconds. */
const RESERVE_S = 0.06;
/** The delay a session starts with, beyond the server's look-ahead, before anything has been measured. */
const FIRST_DELAY_S = 0.12;
const LONGEST_DELAY_S = 1;
/** The face's clock may run this much faster or slower than life while the delay changes. */
const WARP = 0.1;
/** How fast a large lag is forgotten, in seconds of lag a second. */
const RELAX = 0.01;

/**
 * Sound that is heard the moment it arrives: a microphone, a remote track. Frames can only come later, so the
 * face follows at a distance that adapts to what the server and the network need.
 */
export class LiveSink {
  startsImmediately = true;
  forwardOnly = true;
  #sampleRate;
  #clock = new SteadyClock();
  #samples = 0;
  #duration = Number.POSITIVE_INFINITY;
  #wanted = FIRST_DELAY_S;
  #delay = FIRST_DELAY_S;
  #last = 0;

  /** @param {number} sampleRate Hertz */
  constructor(sampleRate) {
    this.#sampleRate = sampleRate;
  }

  /** Seconds by which the face follows the sound. */
  get delay() {
    return this.#delay;
  }

  get rate() {
    return this.#clock.rate;
  }

  start() {}

  stop() {
    this.#duration = 0;
  }

  /** @param {Float32Array[]} planes */
  write(planes) {
    this.#samples += planes[0].length;
  }

  /** @param {number} duration seconds in all */
  finish(duration) {
    this.#duration = duration;
  }

  /** @param {number} lookahead of the server, seconds */
  expectLookahead(lookahead) {
    this.#wanted = Math.max(this.#wanted, lookahead + FIRST_DELAY_S);
  }

  /**
   * The newest frame, just before the next ones replaced it, was this far behind the sound.
   * @param {number} newest seconds of the utterance
   * @param {number} now ms
   */
  observeFrames(newest, now) {
    const lag = this.#live(now) - newest + RESERVE_S;
    this.#wanted = Math.min(LONGEST_DELAY_S, Math.max(this.#wanted, lag));
  }

  /** @param {number} now ms */
  time(now) {
    const elapsed = Math.min(Math.max(0, now - this.#last), 1000) / 1000;
    this.#last = now;
    this.#wanted = Math.max(RESERVE_S, this.#wanted - RELAX * elapsed);
    const live = this.#live(now);
    // Until the face moves, nobody sees the delay jump.
    const most = live < this.#wanted ? LONGEST_DELAY_S : WARP * elapsed;
    this.#delay += Math.max(-most, Math.min(most, this.#wanted - this.#delay));
    return Math.max(0, live - this.#delay);
  }

  /** @param {number} now ms */
  deviceTime(now) {
    return this.#live(now);
  }

  /** @param {number} now ms */
  isOver(now) {
    return this.time(now) >= this.#duration - 1e-3;
  }

  /** @param {number} now ms */
  #live(now) {
    const received = this.#samples / this.#sampleRate;
    if (this.#duration === Number.POSITIVE_INFINITY) return this.#clock.read(received, now, 1, true);
    // Nothing arrives any more, but the face still has its delay to catch up with.
    this.#stoppedAt ??= now;
    return this.#clock.read(received, now, 1, false) + (now - this.#stoppedAt) / 1000;
  }

  /** @type {number | undefined} */
  #stoppedAt;
}
