import { FACE_WIDTH } from "../oculus.js";
import { clamp } from "./envelopes.js";

const FADE_S = 0.1;
const TICK_S = 1 / 60;

/** Fades to the new face when a late mark changes the face being shown. */
export class VisemeFade {
  #shown = new Float32Array(FACE_WIDTH);
  #shownAt = Number.NEGATIVE_INFINITY;
  #offset = new Float32Array(FACE_WIDTH);
  #start = Number.NEGATIVE_INFINITY;
  #changed = false;

  /**
   * Reports that faces in a time span have changed.
   * @param {number} from seconds
   * @param {number} to
   */
  change(from, to) {
    if (from <= this.#shownAt && this.#shownAt <= to) this.#changed = true;
  }

  /**
   * Continues from the face that was shown, if it has changed.
   * @param {number} time seconds
   * @param {Float32Array} face the new face; becomes the one to show
   */
  apply(time, face) {
    if (this.#changed && Math.abs(time - this.#shownAt) < FADE_S) this.#begin(time, face);
    this.#changed = false;
    const left = 1 - (time - this.#start) / FADE_S;
    if (left > 0 && left <= 1)
      for (let i = 0; i < face.length; i++) face[i] = clamp(face[i] + this.#offset[i] * left);
    this.#shown.set(face);
    this.#shownAt = time;
  }

  /**
   * @param {number} time
   * @param {Float32Array} face
   */
  #begin(time, face) {
    for (let i = 0; i < face.length; i++) this.#offset[i] = this.#shown[i] - face[i];
    this.#start = time - Math.min(Math.max(0, time - this.#shownAt), TICK_S);
  }
}
