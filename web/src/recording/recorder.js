import { SourceSelector } from "../face_mixing/source_selector.js";
import { Take } from "./take.js";

/** @import { Utterance } from "../utterance/utterance.js" */

/** Maximum length of a take in seconds, for endless utterances. */
const LONGEST_S = 600;
/** Seconds recorded ahead of playback per tick, so that no tick takes long. */
const PIECE_S = 0.25;

/**
 * Records an utterance while it plays. It selects sources on its own, at fixed steps that do not depend on
 * the display.
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

  /** @param {Float32Array[]} planes one array per channel */
  addAudio(planes) {
    const { sound } = this.take;
    sound.sampleRate = this.#utterance.loudness?.sampleRate ?? 0;
    const left = LONGEST_S * sound.sampleRate - sound.length;
    if (left > 0) sound.push(planes.map((plane) => plane.subarray(0, left)));
  }

  /** @param {{time: number, id: number, phonemes?: string}} viseme */
  onViseme(viseme) {
    if (viseme.time < LONGEST_S) this.take.visemes.push(viseme);
  }

  /** @param {{time: number, duration: number, text: string}} word */
  onWord(word) {
    if (word.time < LONGEST_S) this.take.words.push(word);
  }

  /**
   * Records up to the playback position, and gradually beyond it once all server frames have arrived.
   * @param {number} position playback position, seconds
   */
  recordUntil(position) {
    this.take.expected = Math.min(this.#utterance.duration, LONGEST_S);
    const ahead = this.#framesComplete() ? Math.min(this.take.known + PIECE_S, this.#utterance.duration) : 0;
    this.#record(Math.max(position, ahead));
  }

  /** Ends the take. @param {boolean} complete whether the utterance was played to its end */
  finish(complete) {
    const duration = complete ? this.#utterance.duration : this.#interruptedAt();
    this.#record(duration);
    this.take.cancelled = this.#utterance.cancelled;
    this.take.expected = Math.min(duration, LONGEST_S);
    this.take.finish(this.take.expected);
  }

  /** Returns where an interrupted take ends: audio that was not played is kept only if it can still be replayed. */
  #interruptedAt() {
    const { duration, sink } = this.#utterance;
    const position = this.#utterance.position();
    const kept = sink.forwardOnly ? position : Math.max(position, this.take.known);
    return Math.min(kept, duration || kept);
  }

  /** True when all frames of the server, or of the network in its place, have arrived. */
  #framesComplete() {
    const { duration, sources } = this.#utterance;
    const [best] = sources.bestFirst;
    const computed = best.rank === "server" || best.rank === "network";
    return duration > 0 && computed && best.ahead(duration) === Infinity;
  }

  /** @param {number} until seconds */
  #record(until) {
    const { smoothing, lipSync } = this.#settings();
    const last = Math.min(until, LONGEST_S);
    while (this.take.known < last) {
      const time = this.take.known;
      this.#selector.select(this.#utterance.sources.bestFirst, time, time * 1000, smoothing, { lipSync });
      this.take.add(this.#selector.weights, this.#selector.rank);
    }
  }
}
