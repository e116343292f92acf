import { BLENDSHAPES, SHAPE_COUNT } from "../arkit.js";
import { A2FError, isBetween, requireArgument } from "../errors.js";
import { FrameTrack } from "../frame_track.js";
import { FACE_WIDTH } from "../oculus.js";
import { csvOf } from "./csv.js";
import { jsonOf } from "./json.js";
import { TakeAudio } from "./take_audio.js";

/** @import { Rank, Source, TakeFrames } from "../types.js" */

/** Faces a second that are kept: twice what servers send, so that fades and visemes keep their form. */
export const TAKE_RATE = 60;

/**
 * One utterance as it can be kept: what was heard, and the face of each instant, whatever rank it came from.
 * It does not depend on the display's rate. Made by a client with `keepTake`; grows while it is spoken.
 */
export class Take {
  sound = new TakeAudio();
  /** As the voice told them. @type {{time: number, id: number}[]} seconds, Azure viseme */
  visemes = [];
  /** @type {{time: number, duration: number, text: string}[]} seconds */
  words = [];
  /** Where each rank begins, in seconds. @type {{time: number, rank: Rank}[]} */
  ranks = [];
  /** It has ended, so nothing is added any more. */
  complete = false;
  /** It was cut short. */
  cancelled = false;
  /** Seconds that it will have, once that is known; before, 0. */
  expected = 0;
  #faces = new FrameTrack(TAKE_RATE, FACE_WIDTH);
  #face = new Float32Array(FACE_WIDTH);
  #duration = 0;
  #present;

  /**
   * @param {number} id of the utterance
   * @param {(face: Float32Array) => void} present makes of a face, in place, the one that is shown: intensity and the like
   */
  constructor(id, present) {
    this.id = id;
    this.#present = present;
  }

  /** Seconds: of the sound so far, or of all of it once it is complete. */
  get duration() {
    return this.complete ? this.#duration : Math.max(this.sound.duration, this.known);
  }

  /** Up to where the face is known, in seconds. */
  get known() {
    return this.#faces.end / TAKE_RATE;
  }

  /**
   * The next face; one every 1 / TAKE_RATE seconds.
   * @param {Float32Array} face a whole one, as the ladder gives it
   * @param {Rank} rank
   */
  add(face, rank) {
    if (this.ranks.at(-1)?.rank !== rank) this.ranks.push({ time: this.known, rank });
    this.#faces.put(this.#faces.end, face);
  }

  /** @param {number} duration seconds */
  finish(duration) {
    const heard = (/** @type {{time: number}} */ { time }) => time < duration;
    this.#duration = duration;
    this.complete = true;
    if (this.sound.duration > duration) this.sound.cut(duration);
    this.visemes = this.visemes.filter(heard);
    this.words = this.words.filter(heard);
    this.ranks = this.ranks.filter(heard);
    this.#faces.finish();
  }

  /**
   * The rank in use at an instant.
   * @param {number} time seconds
   * @returns {Rank}
   */
  rankAt(time) {
    let found = /** @type {Rank} */ ("neutral");
    for (const { time: start, rank } of this.ranks) if (start <= time) found = rank;
    return found;
  }

  /**
   * The face at an instant, as it is shown with today's intensity and expression.
   * @param {number} time seconds
   * @param {Float32Array} out the 52 of ARKit, or a whole face
   */
  faceAt(time, out) {
    this.#faces.sample(time, this.#face);
    this.#present(this.#face);
    out.set(this.#face.subarray(0, out.length));
  }

  /**
   * How many frames the animation has at a rate.
   * @param {number} [fps] 1–120
   */
  count(fps = 30) {
    requireArgument(
      Number.isInteger(fps) && isBetween(fps, 1, 120),
      `fps is ${fps}; give a whole number from 1 to 120.`,
    );
    return Math.ceil(Math.min(this.duration, this.known) * fps - 1e-6);
  }

  /**
   * The animation at a rate: frame i is the face at i / fps seconds, with today's intensity and expression.
   * @param {number} [fps] 1–120
   * @returns {TakeFrames}
   */
  frames(fps = 30) {
    const count = this.count(fps);
    const weights = new Float32Array(count * SHAPE_COUNT);
    for (let i = 0; i < count; i++)
      this.faceAt(i / fps, weights.subarray(i * SHAPE_COUNT, (i + 1) * SHAPE_COUNT));
    const ranks = Array.from({ length: count }, (_, i) => this.rankAt(i / fps));
    return { fps, count, weights, ranks };
  }

  /** A CSV as Live Link Face records it. @param {number} [fps] @returns {string} */
  csv(fps = 30) {
    return csvOf(this.frames(fps));
  }

  /** What `POST /v1/animate` answers. @param {number} [fps] @returns {string} JSON */
  json(fps = 30) {
    return jsonOf(this.frames(fps), BLENDSHAPES);
  }

  /** The sound as a WAV file, one channel, 16 bits. @returns {Blob} */
  wav() {
    if (this.sound.length === 0) throw new A2FError("empty_audio", "This take has no sound that was kept.");
    return new Blob([this.sound.wav()], { type: "audio/wav" });
  }

  /** The take as the ladder wants it. @returns {Source} */
  source() {
    const [take, faces] = [this, this.#faces];
    let heard = 0;
    return {
      writesVisemes: true,
      get rank() {
        return take.rankAt(heard);
      },
      ahead: (time) => faces.ahead(time),
      sample(time, out) {
        heard = time;
        faces.sample(time, out);
      },
    };
  }
}
