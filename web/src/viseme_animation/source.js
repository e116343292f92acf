import { VisemeBlend } from "./blend.js";
import { REACH_S } from "./envelopes.js";
import { VisemeFade } from "./fade.js";
import { HIDES_AFTER, isClosure, LONGEST_CLOSURE_S, VisemeGates } from "./gates.js";
import { VisemeMarks } from "./marks.js";
import { writeVisemeFace } from "./rig.js";
import { DIPHTHONGS, H, MURMUR, SILENCE } from "./shapes.js";

/** @import { FrameTrack } from "../frame_track.js" */

/** No sound lasts longer. A longer span contains sounds without marks. */
const LONGEST_S = 0.6;
/** An h has the shape of the next vowel, scaled by this. */
const H_SCALE = 0.6;
/** Speech services report visemes this many seconds after the end of the audio, if it was trimmed. */
const LATE_S = 1;
/** Loudness assumed if it is unknown. */
const UNKNOWN_LEVEL = 0.5;

/**
 * Animates the mouth from viseme marks of a speech service; used if there are no server frames. Each sound
 * influences groups of the face, fully within its span and less around it (coarticulation), and the face is
 * their weighted average. Three cases override the blend: closed lips (p, b, m), lip on teeth (f, v), and
 * silence. Where marks are sparse, loudness moves the mouth.
 */
export class VisemeSource {
  rank = /** @type {const} */ ("viseme");
  /** It writes a full face. */
  writesVisemes = true;
  /** Loudness of the voice at a time, 0–1; negative if unknown. @type {((time: number) => number) | null} */
  level = null;
  #marks = new VisemeMarks();
  #blend = new VisemeBlend();
  #gates = new VisemeGates(this.#marks);
  #fade = new VisemeFade();
  #level = -1;

  /** False once the marks have turned out to be useless: there is nothing to read then. */
  valid = true;

  /** Number of marks kept. */
  get count() {
    return this.#marks.count;
  }

  /**
   * @param {number} time seconds of the utterance
   * @param {number} id Azure viseme, 0–21; others are ignored
   */
  add(time, id) {
    const at = this.#marks.add(time, id);
    if (at < 0) return;
    this.#fade.change(this.#marks.startOf(at - 1) - REACH_S, this.#marks.startOf(at + 1) + REACH_S);
  }

  /** Ignores all marks from now on, for example because their times are in another unit. */
  invalidate() {
    this.valid = false;
  }

  /**
   * Returns true if most marks are within an utterance.
   * @param {number} duration seconds of the utterance
   */
  fits(duration) {
    return this.#marks.count < 2 || this.#marks.find(duration + LATE_S) + 1 >= this.#marks.count / 2;
  }

  /**
   * Marks the utterance as complete.
   * @param {number} duration seconds of the utterance
   */
  finish(duration) {
    this.#marks.finish(duration);
    this.#fade.change(this.#marks.startOf(this.#marks.count - 1) - REACH_S, Infinity);
  }

  /**
   * Drops marks that no longer influence a time.
   * @param {number} time seconds
   */
  trim(time) {
    this.#marks.trim(time - REACH_S);
  }

  /**
   * Returns the seconds of marks after a time; see {@link FrameTrack#ahead}.
   * @param {number} time seconds
   */
  ahead(time) {
    return this.valid ? this.#marks.ahead(time) : -Infinity;
  }

  /**
   * Reads the face at a time. The curves are already smooth, so the smoothing setting is not needed.
   * @param {number} time seconds
   * @param {Float32Array} out full face
   */
  sample(time, out) {
    const marks = this.#marks;
    this.#level = this.level ? this.level(time) : -1;
    this.#blend.clear();
    this.#gates.clear(time);
    for (let i = marks.find(time + REACH_S); i >= 0 && marks.startOf(i + 1) >= time - REACH_S; i--)
      this.#addMark(i, time);
    this.#blend.average(this.#level);
    writeVisemeFace(this.#blend.values, this.#gates, out);
    this.#fade.apply(time, out);
  }

  /**
   * @param {number} i index of the mark
   * @param {number} time
   */
  #addMark(i, time) {
    const id = this.#marks.idOf(i);
    if (id === SILENCE) return this.#gates.addSilence(i, time);
    const start = this.#marks.startOf(i);
    const end = this.#marks.startOf(i + 1);
    const longest = isClosure(id) ? LONGEST_CLOSURE_S : LONGEST_S;
    const known = end - start > longest ? start + longest * HIDES_AFTER : end;
    if (isClosure(id)) this.#gates.addClosure(i, known, time);
    this.#addSound(i, start, known, time);
    if (known < end) this.#addMurmur(known, end, time);
  }

  /**
   * @param {number} i index of the mark
   * @param {number} start seconds
   * @param {number} end
   * @param {number} time
   */
  #addSound(i, start, end, time) {
    const id = this.#marks.idOf(i);
    const turn = DIPHTHONGS[id];
    if (turn) {
      const middle = (start + end) / 2;
      this.#blend.add(turn[0], id, 1, start, middle, time);
      this.#blend.add(turn[1], id, 1, middle, end, time);
    } else if (id === H) this.#blend.add(this.#vowelAfter(i), id, H_SCALE, start, end, time);
    else this.#blend.add(id, id, 1, start, end, time);
  }

  /**
   * Returns the shape of an h: that of the following vowel, else of a neutral vowel.
   * @param {number} i index of its mark
   */
  #vowelAfter(i) {
    const next = this.#marks.idOf(i + 1);
    if (next === SILENCE || next >= H) return 1;
    return DIPHTHONGS[next]?.[0] ?? next;
  }

  /**
   * @param {number} start seconds
   * @param {number} end
   * @param {number} time
   */
  #addMurmur(start, end, time) {
    const level = this.#level < 0 ? UNKNOWN_LEVEL : Math.min(1, this.#level);
    this.#blend.add(MURMUR, MURMUR, level, start, end, time);
  }
}
