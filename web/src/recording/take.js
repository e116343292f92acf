import { BLENDSHAPES, SHAPE_COUNT } from "../arkit.js";
import { A2FError, isBetween, requireArgument } from "../errors.js";
import { FrameTrack } from "../frame_track.js";
import { FACE_WIDTH } from "../oculus.js";
import { csvOf } from "./csv.js";
import { jsonOf } from "./json.js";
import { TakeAudio } from "./take_audio.js";

/** @import { Rank, Source, TakeFrames } from "../types.js" */

/** Frames per second of a take: twice the server's rate, so that fades and visemes keep their shape. */
export const TAKE_RATE = 60;

/**
 * A recording of one utterance: its audio and its animation, whatever the source. It is independent of the
 * display's frame rate. A client with `keepTake` creates it; it grows during playback.
 */
export class Take {
  sound = new TakeAudio();
  /** Visemes of the speech service. @type {{time: number, id: number, phonemes?: string}[]} time in seconds, id: Azure viseme, phonemes: IPA */
  visemes = [];
  /** @type {{time: number, duration: number, text: string}[]} times in seconds */
  words = [];
  /** Start of each source, in seconds. @type {{time: number, rank: Rank}[]} */
  ranks = [];
  /** True when the recording has ended. */
  complete = false;
  /** True if the utterance was interrupted. */
  cancelled = false;
  /** Final duration in seconds once it is known, otherwise 0. */
  expected = 0;
  #faces = new FrameTrack(TAKE_RATE, FACE_WIDTH);
  #face = new Float32Array(FACE_WIDTH);
  #duration = 0;
  #present;

  /**
   * @param {number} id id of the utterance
   * @param {(face: Float32Array) => void} present applies intensity and expression to a face in place
   */
  constructor(id, present) {
    this.id = id;
    this.#present = present;
  }

  /** Seconds of audio so far, or in total once complete. */
  get duration() {
    return this.complete ? this.#duration : Math.max(this.sound.duration, this.known);
  }

  /** Seconds of animation recorded so far. */
  get known() {
    return this.#faces.end / TAKE_RATE;
  }

  /**
   * Appends a face; called every 1 / TAKE_RATE seconds.
   * @param {Float32Array} face full face, as provided by a SourceSelector
   * @param {Rank} rank
   */
  add(face, rank) {
    if (this.ranks.at(-1)?.rank !== rank) this.ranks.push({ time: this.known, rank });
    this.#faces.put(this.#faces.end, face);
  }

  /** @param {number} duration seconds */
  finish(duration) {
    const isKept = (/** @type {{time: number}} */ { time }) => time < duration;
    this.#duration = duration;
    this.complete = true;
    if (this.sound.duration > duration) this.sound.cut(duration);
    this.visemes = this.visemes.filter(isKept);
    this.words = this.words.filter(isKept);
    this.ranks = this.ranks.filter(isKept);
    this.#faces.finish();
  }

  /**
   * Returns the source at a time.
   * @param {number} time seconds
   * @returns {Rank}
   */
  rankAt(time) {
    let found = /** @type {Rank} */ ("neutral");
    for (const { time: start, rank } of this.ranks) if (start <= time) found = rank;
    return found;
  }

  /**
   * Reads the face at a time, with the current intensity and expression.
   * @param {number} time seconds
   * @param {Float32Array} out 52 ARKit weights, or a full face
   */
  faceAt(time, out) {
    requireArgument(Number.isFinite(time), `time is ${time}; give seconds.`);
    const fit = out instanceof Float32Array && out.length >= SHAPE_COUNT && out.length <= FACE_WIDTH;
    requireArgument(
      fit,
      `out must be a Float32Array of ${SHAPE_COUNT} weights, or of ${FACE_WIDTH} with visemes.`,
    );
    this.#faces.sample(time, this.#face);
    this.#present(this.#face);
    out.set(this.#face.subarray(0, out.length));
  }

  /**
   * Returns the number of frames of the animation at a frame rate.
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
   * Returns the animation at a frame rate. Frame i is the face at i / fps seconds, with the current intensity
   * and expression.
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

  /** Returns a CSV file in Live Link Face format. @param {number} [fps] @returns {string} */
  csv(fps = 30) {
    return csvOf(this.frames(fps));
  }

  /** Returns JSON as `POST /v1/animate` does. @param {number} [fps] @returns {string} */
  json(fps = 30) {
    return jsonOf(this.frames(fps), BLENDSHAPES);
  }

  /** Returns the audio as a WAV file: mono, 16 bits. @returns {Blob} */
  wav() {
    if (this.sound.length === 0) throw new A2FError("empty_audio", "This take has no audio.");
    return new Blob([this.sound.wav()], { type: "audio/wav" });
  }

  /** Returns the take as a source for a SourceSelector. @returns {Source} */
  source() {
    const [take, faces] = [this, this.#faces];
    let position = 0;
    return {
      writesVisemes: true,
      get rank() {
        return take.rankAt(position);
      },
      ahead: (time) => faces.ahead(time),
      sample(time, out) {
        position = time;
        faces.sample(time, out);
      },
    };
  }
}
