import { BonePose } from "./bone_pose.js";

/**
 * @import { BoneLike } from "../types.js"
 * @import { Quaternion } from "./bone_pose.js"
 */

/**
 * @typedef {[number, number, number]} Vector
 */

/** Rotates a bone about the axes of the character. */
export class BoneRotation {
  #bone;
  #world;
  #pose;
  /**
   * Axes of the character in the frame of the bone's parent.
   * @type {[left: Vector, up: Vector, front: Vector] | null}
   */
  #axes;
  #pitch = 0;
  #yaw = 0;
  #roll = 0;

  /**
   * @param {BoneLike} bone
   * @param {() => {left: Vector, up: Vector} | null} world axes of the character in world space; null while
   *   it has no size
   */
  constructor(bone, world) {
    this.#bone = bone;
    this.#world = world;
    this.#pose = BonePose.of(bone);
    this.#axes = this.#read();
  }

  /**
   * @param {number} pitch radians about the left axis; positive tilts forward
   * @param {number} [yaw] radians about the up axis; positive turns left
   * @param {number} [roll] radians about the front axis; positive tilts to the right
   */
  set(pitch, yaw = 0, roll = 0) {
    this.#axes ??= this.#read();
    if (!this.#axes) return;
    this.#pitch = pitch;
    this.#yaw = yaw;
    this.#roll = roll;
    this.#pose.hold(this.#apply);
  }

  /** Returns to the rest pose, unless the app has moved the bone. */
  release() {
    this.#pose.release(this.#apply);
  }

  /** @param {Quaternion} quaternion */
  #apply = (quaternion) => {
    const [left, up, front] = /** @type {Vector[]} */ (this.#axes);
    rotate(quaternion, left, this.#pitch);
    rotate(quaternion, up, this.#yaw);
    rotate(quaternion, front, this.#roll);
  };

  /**
   * Reads the axes once: a body that turns takes parent and axes along.
   * @returns {[Vector, Vector, Vector] | null}
   */
  #read() {
    this.#bone.updateWorldMatrix?.(true, false);
    const world = this.#world();
    if (!world) return null;
    const [left, up] = [inParent(this.#bone, world.left), inParent(this.#bone, world.up)];
    return [...left, ...up].every(Number.isFinite) ? [left, up, cross(left, up)] : null;
  }
}

/**
 * Converts a world direction to the frame of the bone's parent; not finite if the parent's scale is zero.
 * @param {BoneLike} bone
 * @param {Vector} direction
 * @returns {Vector}
 */
function inParent(bone, direction) {
  const m = bone.parent?.matrixWorld?.elements;
  return m ? normal([0, 4, 8].map((at) => along(m, at, direction))) : direction;
}

/**
 * @param {ArrayLike<number>} m
 * @param {number} at index at which the axis begins
 * @param {Vector} direction
 */
function along(m, at, [x, y, z]) {
  return (m[at] * x + m[at + 1] * y + m[at + 2] * z) / Math.hypot(m[at], m[at + 1], m[at + 2]);
}

/**
 * @param {number[]} vector
 * @returns {Vector}
 */
export function normal([x, y, z]) {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

/**
 * @param {Vector} a
 * @param {Vector} b
 * @returns {Vector}
 */
export function cross([ax, ay, az], [bx, by, bz]) {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

/**
 * Applies a further rotation to a quaternion (Hamilton product).
 * @param {Quaternion} q
 * @param {Vector} axis unit vector
 * @param {number} angle
 */
function rotate(q, [ax, ay, az], angle) {
  if (angle === 0) return;
  const s = Math.sin(angle / 2);
  const w = Math.cos(angle / 2);
  const [x, y, z] = [ax * s, ay * s, az * s];
  const { x: qx, y: qy, z: qz, w: qw } = q;
  q.x = w * qx + x * qw + y * qz - z * qy;
  q.y = w * qy - x * qz + y * qw + z * qx;
  q.z = w * qz + x * qy - y * qx + z * qw;
  q.w = w * qw - x * qx - y * qy - z * qz;
}
