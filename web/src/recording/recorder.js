import { SourceSelector } from "../animation/source_selector.js";
import { Take } from "./take.js";

/** @import { Utterance } from "../utterance/utterance.js" */

/** The first so many seconds of an endless utterance are kept. */
const LONGEST_S = 600;
/** What is known ahead of the sound is noted in such pieces, in seconds a tick, so that none takes long. */
const PIECE_S = 0.25;

/**
 * Writes an utterance down as it is heard: a ladder of its own climbs the same sources, at steps that do not
 * depend on the display.
 */
export class TakeRecorder {
  #selector = new SourceSelector();
  #utterance;
  #settings;

  /**
   * @param {Utterance} utterance
   * @param {() => {smoothing: number, lipSync?: "server" | "viseme"}} settings
   * @param {(face: Float32Array) => void} present see {@link Take}
   */
  constructor(utterance, settings, present) {
    this.take = new Take(utterance.id, present);
    this.#utterance = utterance;
    this.#settings = settings;
  }

  /** @param {Float32Array[]} planes one array a channel */
  addAudio(planes) {
    const { sound } = this.take;
    sound.sampleRate = this.#utterance.loudness?.sampleRate ?? 0;
    const left = LONGEST_S * sound.sampleRate - sound.length;
    if (left > 0) sound.push(planes.map((plane) => plane.subarray(0, left)));
  }

  /** @param {{time: number, id: number}} viseme */
  onViseme(viseme) {
    if (viseme.time < LONGEST_S) this.take.visemes.push(viseme);
  }

  /** @param {{time: number, duration: number, text: string}} word */
  onWord(word) {
    if (word.time < LONGEST_S) this.take.words.push(word);
  }

  /**
   * The sound has come to an instant. Once nothing better can come, the rest follows bit by bit.
   * @param {number} heard seconds
   */
  recordUntil(heard) {
    this.take.expected = Math.min(this.#utterance.duration, LONGEST_S);
    const ahead = this.#framesComplete() ? Math.min(this.take.known + PIECE_S, this.#utterance.duration) : 0;
    this.#record(Math.max(heard, ahead));
  }

  /** The utterance is over. @param {number} duration seconds of it */
  finish(duration) {
    this.#record(duration);
    this.take.cancelled = this.#utterance.cancelled;
    this.take.expected = Math.min(duration, LONGEST_S);
    this.take.finish(this.take.expected);
  }

  /** Everything that the server will ever say is there. */
  #framesComplete() {
    const { duration, sources } = this.#utterance;
    return duration > 0 && sources[0].rank === "server" && sources[0].ahead(duration) === Infinity;
  }

  /** @param {number} until seconds */
  #record(until) {
    const { smoothing, lipSync } = this.#settings();
    const last = Math.min(until, LONGEST_S);
    while (this.take.known < last) {
      const time = this.take.known;
      this.#selector.select(this.#utterance.sources, time, time * 1000, smoothing, { lipSync });
      this.take.add(this.#selector.weights, this.#selector.rank);
    }
  }
}
