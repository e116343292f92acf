import { mix } from "../face/oculus.js";
import { Blend } from "./blend.js";
import { Gaze } from "./gaze.js";
import { wordsOf } from "./names.js";
import { normal, Turn } from "./turn.js";

/** @typedef {import("../types.js").BoneLike} BoneLike @typedef {import("./turn.js").Vector} Vector */

/** Radians at jawOpen 1; what people open without effort. */
const JAW_OPEN = 0.3;
/** @type {Vector} */
const UP = [0, 1, 0];
const SIDES = { l: "r", left: "right" };
/** Two bones are a pair when they are so far apart, in the avatar's own units. */
const APART = 1e-4;

/** Opens the mouth of an avatar whose jaw is a bone. */
export class JawBone {
  #turn;
  #open = new Blend([mix({ jawOpen: 1, mouthClose: -1 })]);

  /** @param {BoneLike} bone @param {Vector} left the character's left, in the world */
  constructor(bone, left) {
    this.#turn = new Turn(bone, left, UP);
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

  /** @param {readonly BoneLike[]} bones @param {Vector} left */
  constructor(bones, left) {
    this.#turns = bones.map((bone) => new Turn(bone, left, UP));
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

/** @param {readonly BoneLike[]} bones @returns {[BoneLike, BoneLike] | undefined} the left one first */
export function eyesOf(bones) {
  return pairOf(bones.filter(({ name }) => sideless(name).at(-1) === "eye"));
}

/**
 * The character's left, from any two bones that are alike on both sides, so that neither the scene nor the skeleton
 * has to look along an agreed axis.
 * @param {readonly BoneLike[]} bones
 * @returns {Vector} of length 1, in the world
 */
export function leftOf(bones) {
  const [left, right] = eyesOf(bones) ?? pairOf(bones) ?? [];
  if (!left || !right) return [1, 0, 0];
  const [from, to] = [placeOf(right), placeOf(left)];
  return normal(to.map((value, i) => value - from[i]));
}

/** @param {readonly BoneLike[]} bones @returns {[BoneLike, BoneLike] | undefined} */
function pairOf(bones) {
  const named = new Map(bones.map((bone) => [wordsOf(bone.name).join(" "), bone]));
  for (const bone of bones) {
    const words = wordsOf(bone.name);
    const other = named.get(words.map((word) => /** @type {any} */ (SIDES)[word] ?? word).join(" "));
    if (other && other !== bone && distance(bone, other) > APART) return [bone, other];
  }
}

/** @param {string} name */
const sideless = (name) => wordsOf(name).filter((word) => !/^(l|r|left|right)$/.test(word));

/** @param {BoneLike} bone */
function placeOf(bone) {
  const m = bone.matrixWorld?.elements ?? [];
  return [m[12] ?? 0, m[13] ?? 0, m[14] ?? 0];
}

/** @param {BoneLike} a @param {BoneLike} b */
function distance(a, b) {
  const [p, q] = [placeOf(a), placeOf(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}
