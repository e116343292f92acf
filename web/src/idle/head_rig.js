import { BoneRotation, cross, normal } from "../avatar/bone_rotation.js";
import { leftOf, placeOf } from "../avatar/sides.js";
import { anatomyOf } from "./anatomy.js";

/**
 * @import { Vector } from "../avatar/bone_rotation.js"
 * @import { Anatomy } from "./anatomy.js"
 */

/** @typedef {{left: Vector, up: Vector, front: Vector}} Axes unit vectors */

const IDENTITY = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
/**
 * Minimum sine of the angle between the left–right line and the vertical for a character to count as upright.
 */
const LEVEL = 0.3;

/**
 * The bones that the idle animation moves (head, and if present neck and chest), and the position of the
 * eyes. Axes of the character are read when it is bound: left from its eyes or arms, up from the root. If it
 * has no size yet, they are read later.
 */
export class HeadRig {
  /** @type {BoneRotation | null} */
  head = null;
  /** @type {BoneRotation | null} */
  neck = null;
  /** @type {BoneRotation | null} */
  chest = null;
  #anatomy;
  /** Axes and midpoint of the eyes in the head's own frame. @type {Axes | null} */
  #axes = null;
  #eyes = [0, 0, 0];

  /** @param {unknown} target target of `initializeWithScene` */
  constructor(target) {
    this.#anatomy = anatomyOf(target);
    for (const part of /** @type {const} */ (["chest", "neck", "head"])) {
      const node = this.#anatomy[part];
      if (node) this[part] = new BoneRotation(node, () => axesOf(this.#anatomy));
    }
    this.#read();
  }

  /** Reads the head's axes, once it has a size. */
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
   * Locates a point relative to the head as it is turned now.
   * @param {ArrayLike<number>} matrixWorld matrix of an object at the point: 16 numbers, column-major
   * @param {Float64Array} out distances to the left of the eyes, above, and in front of them
   * @returns {boolean} false if there is no head or the position is not finite
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

  /** Returns all bones to the app's pose. */
  release() {
    this.head?.release();
    this.neck?.release();
    this.chest?.release();
  }
}

/**
 * Returns a coordinate of a world point in the frame of a matrix with orthogonal columns.
 * @param {ArrayLike<number>} m
 * @param {number} i column
 * @param {ArrayLike<number>} point
 * @param {number} at index at which the point begins
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
 * Returns the character's axes in world space.
 * @param {Anatomy} anatomy
 * @returns {Axes | null} null while it has no size
 */
function axesOf({ root, pairs }) {
  const m = matrixOf(root);
  // A single mesh may have any orientation; the world around it is upright.
  /** @type {Vector} */
  const up = root?.isMesh ? [0, 1, 0] : normal([m[4], m[5], m[6]]);
  const ahead = cross(leftOf(pairs) ?? normal([m[0], m[1], m[2]]), up);
  const front = Math.hypot(...ahead) > LEVEL ? normal(ahead) : normal([m[8], m[9], m[10]]);
  const left = cross(up, front);
  return [...left, ...up, ...front].every(Number.isFinite) ? { left, up, front } : null;
}

/**
 * @param {ArrayLike<number>} m
 * @param {Vector} axis in world space
 * @returns {Vector}
 */
function localAxis(m, [x, y, z]) {
  const [a, b, c] = [0, 4, 8].map((at) => normal([m[at], m[at + 1], m[at + 2]]));
  return /** @type {Vector} */ ([a, b, c].map((column) => column[0] * x + column[1] * y + column[2] * z));
}

/** @param {any} node @returns {ArrayLike<number>} its current world matrix */
function matrixOf(node) {
  node?.updateWorldMatrix?.(true, false);
  return node?.matrixWorld?.elements ?? IDENTITY;
}

/**
 * Returns the position of the eyes in world space: between two nodes, in the middle of a mesh of both eyes,
 * or else that of the head.
 * @param {Anatomy} anatomy
 */
function middleOfEyes({ eyePair, eyes, head }) {
  // Meshes often share one origin, which need not be at the eyes.
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
