import { VisemeBlend } from "./blend.js";
import { REACH_S } from "./envelopes.js";
import { VisemeFade } from "./fade.js";
import { closes, HIDES_AFTER, LONGEST_CLOSURE_S, VisemeGates } from "./gates.js";
import { VisemeMarks } from "./marks.js";
import { writeVisemeFace } from "./rig.js";
import { H, MURMUR, SILENCE, TURNS } from "./shapes.js";

/** @import { FrameTrack } from "../frame_track.js" */

/** Nobody holds a sound longer: a longer span hides sounds that were not told. */
const LONGEST_S = 0.6;
/** An h is the vowel that follows it, this far open. */
const H_SCALE = 0.6;
/** The murmur where no loudness is known. */
const UNKNOWN_LEVEL = 0.5;

/**
 * The rank between the server's frames and loudness: a face from the viseme marks of a speech service. Each sound
 * holds the groups of the face with a strength that is full in its span and fades around it; the face is the mean
 * of what all ask for. Above that stand three gates that no neighbour can open: lips that meet, the lip at the
 * teeth, and silence. Where marks are sparse the mouth goes over to the loudness of the voice.
 */
export class VisemeSource {
  rank = /** @type {const} */ ("viseme");
  /** It writes the visemes of a face, too. */
  writesVisemes = true;
  /** How loud the voice is at a time, 0–1; negative: not known. @type {((time: number) => number) | null} */
  level = null;
  #marks = new VisemeMarks();
  #blend = new VisemeBlend();
  #gates = new VisemeGates(this.#marks);
  #fade = new VisemeFade();
  #level = -1;

  /** How many marks are kept. */
  get count() {
    return this.#marks.count;
  }

  /**
   * @param {number} time seconds of the utterance
   * @param {number} id Azure viseme, 0–21; others are left out
   */
  add(time, id) {
    const at = this.#marks.add(time, id);
    if (at < 0) return;
    this.#fade.change(this.#marks.startOf(at - 1) - REACH_S, this.#marks.startOf(at + 1) + REACH_S);
  }

  /**
   * No more marks are to be waited for.
   * @param {number} duration seconds of the utterance
   */
  finish(duration) {
    this.#marks.finish(duration);
    this.#fade.change(this.#marks.startOf(this.#marks.count - 1) - REACH_S, Infinity);
  }

  /**
   * Forgets the marks that no longer have a hold on an instant.
   * @param {number} time seconds
   */
  trim(time) {
    this.#marks.trim(time - REACH_S);
  }

  /**
   * Seconds of marks beyond an instant, in the sense of {@link FrameTrack#ahead}.
   * @param {number} time seconds
   */
  ahead(time) {
    return this.#marks.ahead(time);
  }

  /**
   * The curves are smooth by themselves, so the smoothing that other sources take is not asked for.
   * @param {number} time seconds
   * @param {Float32Array} out a whole face
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
   * @param {number} i mark
   * @param {number} time
   */
  #addMark(i, time) {
    const id = this.#marks.idOf(i);
    if (id === SILENCE) return this.#gates.addSilence(i, time);
    const start = this.#marks.startOf(i);
    const end = this.#marks.startOf(i + 1);
    const longest = closes(id) ? LONGEST_CLOSURE_S : LONGEST_S;
    const known = end - start > longest ? start + longest * HIDES_AFTER : end;
    if (closes(id)) this.#gates.addClosure(i, known, time);
    this.#addSound(i, start, known, time);
    if (known < end) this.#addMurmur(known, end, time);
  }

  /**
   * @param {number} i mark
   * @param {number} start seconds
   * @param {number} end
   * @param {number} time
   */
  #addSound(i, start, end, time) {
    const id = this.#marks.idOf(i);
    const turn = TURNS[id];
    if (turn) {
      const middle = (start + end) / 2;
      this.#blend.add(turn[0], id, 1, start, middle, time);
      this.#blend.add(turn[1], id, 1, middle, end, time);
    } else if (id === H) this.#blend.add(this.#vowelAfter(i), id, H_SCALE, start, end, time);
    else this.#blend.add(id, id, 1, start, end, time);
  }

  /**
   * The shape that an h has: the vowel's that follows, else that of a vowel without a place.
   * @param {number} i mark
   */
  #vowelAfter(i) {
    const next = this.#marks.idOf(i + 1);
    if (next === SILENCE || next >= H) return 1;
    return TURNS[next]?.[0] ?? next;
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
