import { mix } from "../face/oculus.js";
import { Blend } from "./blend.js";
import { Gaze } from "./gaze.js";
import { leftOf } from "./sides.js";
import { Turn } from "./turn.js";

/** @typedef {import("../types.js").BoneLike} BoneLike @typedef {import("./sides.js").Pair} Pair @typedef {import("./turn.js").Vector} Vector */

/** Radians at jawOpen 1; what people open without effort. */
const JAW_OPEN = 0.3;
/** Of an avatar that stands upright and looks along +z. @type {{left: Vector, up: Vector}} */
const AXES = { left: [1, 0, 0], up: [0, 1, 0] };

/** Opens the mouth of an avatar whose jaw is a bone. */
export class JawBone {
  #turn;
  #open = new Blend([mix({ jawOpen: 1, mouthClose: -1 })]);

  /** @param {BoneLike} bone @param {readonly Pair[]} pairs */
  constructor(bone, pairs) {
    this.#turn = new Turn(bone, () => axesOf(pairs));
  }

  /** @param {Float32Array} face */
  write(face) {
    this.#open.mix(face);
    this.#turn.to(this.#open.values[0] * JAW_OPEN);
  }

  release() {
    this.#turn.release();
  }
}

/** Lets both eyes of a skeleton look where the shapes say. */
export class EyeBones {
  #turns;
  #gaze = new Gaze();

  /** @param {Pair} eyes @param {readonly Pair[]} pairs */
  constructor(eyes, pairs) {
    this.#turns = eyes.map((bone) => new Turn(bone, () => axesOf(pairs)));
  }

  /** @param {Float32Array} face */
  write(face) {
    this.#gaze.read(face);
    for (const turn of this.#turns) turn.to(this.#gaze.pitch, this.#gaze.yaw);
  }

  release() {
    for (const turn of this.#turns) turn.release();
  }
}

/** @param {readonly BoneLike[]} bones @returns {BoneLike | undefined} */
export function jawOf(bones) {
  return bones.find(({ name }) => /jaw/i.test(name) && !/upper|end|tip/i.test(name));
}

/** @param {readonly Pair[]} pairs */
const axesOf = (pairs) => ({ left: leftOf(pairs) ?? AXES.left, up: AXES.up });
