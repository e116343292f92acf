import { FACE_WIDTH } from "../oculus.js";
import { clamp } from "./envelopes.js";

const FADE_S = 0.1;
const TICK_S = 1 / 60;

/** A mark that comes too late changes the face that is shown; it is faded to the new one. */
export class VisemeFade {
  #shown = new Float32Array(FACE_WIDTH);
  #shownAt = Number.NEGATIVE_INFINITY;
  #offset = new Float32Array(FACE_WIDTH);
  #start = Number.NEGATIVE_INFINITY;
  #changed = false;

  /**
   * Faces are no longer what they were, which matters if one of them is shown.
   * @param {number} from seconds
   * @param {number} to
   */
  change(from, to) {
    if (from <= this.#shownAt && this.#shownAt <= to) this.#changed = true;
  }

  /**
   * Goes on from the face that was shown, where it changed.
   * @param {number} time seconds
   * @param {Float32Array} face what it should be; becomes what is shown
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
