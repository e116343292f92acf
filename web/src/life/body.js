import { cross, normal, Turn } from "../avatar/turn.js";
import { bonesOf } from "./anatomy.js";

/**
 * @typedef {import("../avatar/turn.js").Vector} Vector
 * @typedef {{left: Vector, up: Vector, front: Vector}} Axes of length 1
 */

const IDENTITY = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
/** Two nodes are in two places when they are so far apart, in the avatar's own units. */
const APART = 1e-6;
/** Sine of the angle from which on a line from right to left is not one that stands upright. */
const LEVEL = 0.3;

/**
 * What of an avatar life moves: the head and, where there are such, the neck and the chest; and where its eyes are.
 * The character's axes are those of the avatar as it stands when it is bound: its left is where its left eye (or arm)
 * is, its up is the root's.
 */
export class Body {
  /** @type {Turn | null} */
  head = null;
  /** @type {Turn | null} */
  neck = null;
  /** @type {Turn | null} */
  chest = null;
  #node;
  /** In the head's own frame: the axes, and the middle between the eyes. @type {Axes | null} */
  #axes = null;
  #eyes = [0, 0, 0];

  /** @param {unknown} target what was given to `initializeWithScene` */
  constructor(target) {
    const found = bonesOf(target);
    const world = axesOf(found);
    this.#node = found.head;
    for (const part of /** @type {const} */ (["chest", "neck", "head"])) {
      matrixOf(found[part]);
      if (found[part]) this[part] = new Turn(found[part], world.left, world.up);
    }
    if (!this.#node) return;
    const m = matrixOf(this.#node);
    const [left, up, front] = [world.left, world.up, world.front].map((axis) => localAxis(m, axis));
    this.#axes = { left, up, front };
    const eyes = eyesOf(found);
    this.#eyes = [0, 1, 2].map((i) => coordinate(m, i, eyes, 0));
  }

  /**
   * Where a point lies for the head as it is turned now.
   * @param {ArrayLike<number>} matrixWorld of an object at the point: 16 numbers, by columns
   * @param {Float64Array} out how far to the left of the eyes, above, and in front of them
   * @returns {boolean} whether there is a head that sees
   */
  sees(matrixWorld, out) {
    if (!this.#axes) return false;
    const { left, up, front } = this.#axes;
    const m = matrixOf(this.#node);
    out.fill(0);
    for (let i = 0; i < 3; i++) {
      const way = coordinate(m, i, matrixWorld, 12) - this.#eyes[i];
      const scaled = way * Math.hypot(m[4 * i], m[4 * i + 1], m[4 * i + 2]);
      out[0] += scaled * left[i];
      out[1] += scaled * up[i];
      out[2] += scaled * front[i];
    }
    return true;
  }

  /** Every bone goes back to where the app has it. */
  release() {
    this.head?.release();
    this.neck?.release();
    this.chest?.release();
  }
}

/**
 * A coordinate of a point of the world in the frame of a matrix whose columns are at right angles.
 * @param {ArrayLike<number>} m
 * @param {number} i column
 * @param {ArrayLike<number>} point
 * @param {number} at where the point's numbers begin
 */
function coordinate(m, i, point, at) {
  let dot = 0;
  let square = 0;
  for (let k = 0; k < 3; k++) {
    dot += m[4 * i + k] * (point[at + k] - m[12 + k]);
    square += m[4 * i + k] * m[4 * i + k];
  }
  return dot / (square || 1);
}

/**
 * The character's axes in the world.
 * @param {import("./anatomy.js").Found} found
 * @returns {Axes}
 */
function axesOf({ root, leftEye, rightEye, leftArm, rightArm }) {
  const m = matrixOf(root);
  // A mesh of its own may lie in any frame, what it stands in is upright.
  /** @type {Vector} */
  const up = root?.isMesh ? [0, 1, 0] : normal([m[4], m[5], m[6]]);
  const across = way(rightEye, leftEye) ?? way(rightArm, leftArm) ?? normal([m[0], m[1], m[2]]);
  const ahead = cross(across, up);
  const front = Math.hypot(...ahead) > LEVEL ? normal(ahead) : normal([m[8], m[9], m[10]]);
  return { left: cross(up, front), up, front };
}

/**
 * @param {ArrayLike<number>} m
 * @param {Vector} axis of the world
 * @returns {Vector}
 */
function localAxis(m, [x, y, z]) {
  const [a, b, c] = [0, 4, 8].map((at) => normal([m[at], m[at + 1], m[at + 2]]));
  return /** @type {Vector} */ ([a, b, c].map((column) => column[0] * x + column[1] * y + column[2] * z));
}

/** @param {any} node @returns {ArrayLike<number>} its place in the world as it is now */
function matrixOf(node) {
  node?.updateWorldMatrix?.(true, false);
  return node?.matrixWorld?.elements ?? IDENTITY;
}

/**
 * Where the eyes are, in the world: between two nodes, in the middle of a mesh of both, or else where the head is.
 * @param {import("./anatomy.js").Found} found
 */
function eyesOf({ leftEye, rightEye, eyes, head }) {
  const [left, right] = [placeOf(leftEye), placeOf(rightEye)];
  if (way(leftEye, rightEye)) return left.map((value, i) => (value + right[i]) / 2);
  return centreOf(eyes) ?? placeOf(head);
}

/** @param {any} node */
function centreOf(node) {
  node?.geometry?.computeBoundingBox?.();
  const box = node?.geometry?.boundingBox;
  if (!box) return null;
  const m = matrixOf(node);
  const [x, y, z] = ["x", "y", "z"].map((axis) => (box.min[axis] + box.max[axis]) / 2);
  return [0, 1, 2].map((i) => m[i] * x + m[4 + i] * y + m[8 + i] * z + m[12 + i]);
}

/** @param {any} node */
function placeOf(node) {
  const m = matrixOf(node);
  return [m[12], m[13], m[14]];
}

/** The direction from one node to another; null where they are in one place. @param {any} from @param {any} to */
function way(from, to) {
  if (!from || !to) return null;
  const [a, b] = [placeOf(from), placeOf(to)];
  const between = b.map((value, i) => value - a[i]);
  return Math.hypot(...between) > APART ? normal(between) : null;
}
