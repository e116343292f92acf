import { arkitTerms } from "../oculus.js";
import { BoneRotation } from "./bone_rotation.js";
import { ChannelMixer } from "./channel_mixer.js";
import { GazeAngles } from "./gaze.js";
import { leftOf } from "./sides.js";

/**
 * @import { BoneLike } from "../types.js"
 * @import { Vector } from "./bone_rotation.js"
 * @import { Pair } from "./sides.js"
 */

/** Jaw rotation at jawOpen 1, radians. */
const JAW_OPEN = 0.3;
/** Axes of an avatar that stands upright and faces +z. @type {{left: Vector, up: Vector}} */
const AXES = { left: [1, 0, 0], up: [0, 1, 0] };

/** Opens the mouth of an avatar with a jaw bone. */
export class JawBone {
  #rotation;
  #open = new ChannelMixer([arkitTerms({ jawOpen: 1, mouthClose: -1 })]);

  /** @param {BoneLike} bone @param {readonly Pair[]} pairs */
  constructor(bone, pairs) {
    this.#rotation = new BoneRotation(bone, () => axesOf(pairs));
  }

  /** @param {Float32Array} face */
  write(face) {
    this.#open.mix(face);
    this.#rotation.set(this.#open.values[0] * JAW_OPEN);
  }

  release() {
    this.#rotation.release();
  }
}

/** Turns both eye bones according to the gaze shapes. */
export class EyeBones {
  #rotations;
  #gaze = new GazeAngles();

  /** @param {Pair} eyes @param {readonly Pair[]} pairs */
  constructor(eyes, pairs) {
    this.#rotations = eyes.map((bone) => new BoneRotation(bone, () => axesOf(pairs)));
  }

  /** @param {Float32Array} face */
  write(face) {
    this.#gaze.read(face);
    for (const turn of this.#rotations) turn.set(this.#gaze.pitch, this.#gaze.yaw);
  }

  release() {
    for (const turn of this.#rotations) turn.release();
  }
}

/** @param {readonly Pair[]} pairs */
const axesOf = (pairs) => ({ left: leftOf(pairs) ?? AXES.left, up: AXES.up });
