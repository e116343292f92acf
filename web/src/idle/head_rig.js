import { BoneRotation, cross, normal } from "../avatar/bone_rotation.js";
import { leftOf, placeOf } from "../avatar/sides.js";
import { anatomyOf } from "./anatomy.js";

/**
 * @import { Vector } from "../avatar/bone_rotation.js"
 * @import { Anatomy } from "./anatomy.js"
 */

/**
 * @typedef {{left: Vector, up: Vector, front: Vector}} Axes of length 1
 */

const IDENTITY = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
/** Sine of the angle from which on a line from right to left is not one that stands upright. */
const LEVEL = 0.3;

/**
 * What of an avatar life moves: the head and, where there are such, the neck and the chest; and where its eyes are.
 * The character's axes are those of the avatar as it stands when it is bound: its left is where its left eye (or arm)
 * is, its up is the root's. Where it has no size then, they are read once it has.
 */
export class HeadRig {
  /** @type {BoneRotation | null} */
  head = null;
  /** @type {BoneRotation | null} */
  neck = null;
  /** @type {BoneRotation | null} */
  chest = null;
  #anatomy;
  /** In the head's own frame: the axes, and the middle between the eyes. @type {Axes | null} */
  #axes = null;
  #eyes = [0, 0, 0];

  /** @param {unknown} target what was given to `initializeWithScene` */
  constructor(target) {
    this.#anatomy = anatomyOf(target);
    for (const part of /** @type {const} */ (["chest", "neck", "head"])) {
      const node = this.#anatomy[part];
      if (node) this[part] = new BoneRotation(node, () => axesOf(this.#anatomy));
    }
    this.#read();
  }

  /** How the head lies, once it has a size. */
  #read() {
    const { head } = this.#anatomy;
    const world = head && axesOf(this.#anatomy);
    if (!world) return;
    const m = matrixOf(head);
    const [left, up, front] = [world.left, world.up, world.front].map((axis) => localAxis(m, axis));
    if (![...left, ...up, ...front].every(Number.isFinite)) return;
    this.#axes = { left, up, front };
    const eyes = middleOfEyes(this.#anatomy);
    this.#eyes = [0, 1, 2].map((i) => coordinate(m, i, eyes, 0));
  }

  /**
   * Where a point lies for the head as it is turned now.
   * @param {ArrayLike<number>} matrixWorld of an object at the point: 16 numbers, by columns
   * @param {Float64Array} out how far to the left of the eyes, above, and in front of them
   * @returns {boolean} whether there is a head that sees, and something to see
   */
  locate(matrixWorld, out) {
    if (!this.#axes) this.#read();
    if (!this.#axes) return false;
    const { left, up, front } = this.#axes;
    const m = matrixOf(this.#anatomy.head);
    out.fill(0);
    for (let i = 0; i < 3; i++) {
      const way = coordinate(m, i, matrixWorld, 12) - this.#eyes[i];
      const scaled = way * Math.hypot(m[4 * i], m[4 * i + 1], m[4 * i + 2]);
      out[0] += scaled * left[i];
      out[1] += scaled * up[i];
      out[2] += scaled * front[i];
    }
    return out.every(Number.isFinite);
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
 * @param {Anatomy} anatomy
 * @returns {Axes | null} null while it has no size
 */
function axesOf({ root, pairs }) {
  const m = matrixOf(root);
  // A mesh of its own may lie in any frame, what it stands in is upright.
  /** @type {Vector} */
  const up = root?.isMesh ? [0, 1, 0] : normal([m[4], m[5], m[6]]);
  const ahead = cross(leftOf(pairs) ?? normal([m[0], m[1], m[2]]), up);
  const front = Math.hypot(...ahead) > LEVEL ? normal(ahead) : normal([m[8], m[9], m[10]]);
  const left = cross(up, front);
  return [...left, ...up, ...front].every(Number.isFinite) ? { left, up, front } : null;
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
 * @param {Anatomy} anatomy
 */
function middleOfEyes({ eyePair, eyes, head }) {
  // Meshes often have their origins in one place, which need not be that of the eyes.
  if (!eyePair || !leftOf([eyePair])) return centreOf(eyes) ?? placeOf(head);
  const [left, right] = eyePair.map(placeOf);
  return left.map((value, i) => (value + right[i]) / 2);
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
