import { requireSeconds } from "../argument_checks.js";
import { SHAPE_COUNT } from "../arkit.js";
import { ExternalSink } from "../audio/external_sink.js";
import { isBetween, requireArgument } from "../errors.js";
import { RelayClock } from "./relay_clock.js";

/** @import { Utterance } from "./utterance.js" */

/**
 * @typedef {{utterance: Utterance, clock: RelayClock}} Relayed
 *
 * @typedef {object} RelayHooks
 * @property {(sink: ExternalSink) => Utterance} open
 * @property {(utterance: Utterance) => void} cancel
 * @property {() => number} now ms
 */

const COLUMNS = Array.from({ length: SHAPE_COUNT }, (_, i) => i);

/**
 * Animates speech whose sound and frames another program sends to the page, such as a bot in a WebRTC room. Its
 * messages are those of `FaceRelay`, the Python class.
 */
export class Relay {
  #hooks;
  /** Speech that is not over, by its number. @type {Map<number, Relayed>} */
  #open = new Map();
  /** Number of the newest speech. Messages of older ones that are over are late. */
  #newest = Number.NEGATIVE_INFINITY;

  /** @param {RelayHooks} hooks */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  /**
   * @param {any} message
   * @returns {boolean} false: it is not a message of a relay
   */
  receive(message) {
    const { type, ...fields } = message ?? {};
    if (type === "face.frames") this.#addFrames(fields);
    else if (type === "face.playing") this.#play(this.#speech(fields.utterance), fields);
    else if (type === "face.paused") this.#open.get(fields.utterance)?.clock.pause();
    else if (type === "face.end") this.#end(this.#open.get(fields.utterance), fields);
    else if (type === "face.cancel") this.#cancelAll();
    else return false;
    return true;
  }

  /**
   * Returns the speech with this number; the first message of a new one opens it.
   * @param {number} number
   * @returns {Relayed | undefined} undefined: it is over
   */
  #speech(number) {
    requireArgument(Number.isFinite(number), "receive() needs messages with the number of their utterance.");
    const known = this.#open.get(number);
    if (known || number <= this.#newest) return known;
    this.#newest = number;
    // Its end was lost.
    for (const { utterance } of this.#open.values()) if (!utterance.inputEnded) this.#hooks.cancel(utterance);
    const clock = new RelayClock(this.#hooks.now);
    const speech = { clock, utterance: this.#hooks.open(new ExternalSink(clock)) };
    this.#open.set(number, speech);
    const forget = () => void this.#open.delete(number);
    speech.utterance.done.then(forget, forget);
    return speech;
  }

  /** @param {{utterance: number, first: number, fps: number, weights: number[][]}} fields */
  #addFrames({ utterance: number, first, fps, weights }) {
    const whole = Array.isArray(weights) && weights.every((frame) => frame?.length === SHAPE_COUNT);
    requireArgument(
      whole && isBetween(fps, 1, 1000) && isBetween(first, 0, Number.MAX_SAFE_INTEGER),
      `receive() needs frames of ${SHAPE_COUNT} weights, with first and fps.`,
    );
    const utterance = this.#speech(number)?.utterance;
    utterance?.onStarted(fps, 0);
    utterance?.onFrames(first, weights.flat(), COLUMNS, 1);
  }

  /**
   * @param {Relayed | undefined} speech
   * @param {{from?: number, to?: number}} piece
   */
  #play(speech, { from, to }) {
    speech?.clock.play(from, to);
    speech?.utterance.markAudible();
  }

  /**
   * @param {Relayed | undefined} speech
   * @param {{duration: number}} fields seconds
   */
  #end(speech, { duration }) {
    if (!speech) return;
    requireSeconds("duration", duration);
    speech.utterance.finishAudio(duration);
    speech.utterance.onEnd(duration);
  }

  #cancelAll() {
    for (const { utterance } of [...this.#open.values()].reverse()) this.#hooks.cancel(utterance);
    this.#open.clear();
  }
}
