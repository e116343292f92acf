/**
 * @typedef {import("../types.js").BoneLike} BoneLike
 * @typedef {[number, number, number]} Vector
 */

/**
 * Turns a bone about the character's own axes, from wherever the app's animation holds it: when somebody else has
 * moved it since the last turn, that is its rest from then on.
 */
export class Turn {
  #bone;
  #left;
  #up;
  #front;
  #rest = { x: 0, y: 0, z: 0, w: 1 };
  #written = { x: NaN, y: NaN, z: NaN, w: NaN };

  /**
   * @param {BoneLike} bone
   * @param {Vector} left the character's left, in the world
   * @param {Vector} up
   */
  constructor(bone, left, up) {
    this.#bone = bone;
    this.#left = inParent(bone, left);
    this.#up = inParent(bone, up);
    this.#front = cross(this.#left, this.#up);
  }

  /**
   * @param {number} pitch radians about the character's left: forward goes down
   * @param {number} [yaw] radians about its up: forward goes left
   * @param {number} [roll] radians about its front: the crown goes right
   */
  to(pitch, yaw = 0, roll = 0) {
    const { quaternion } = this.#bone;
    if (!same(quaternion, this.#written)) copy(quaternion, this.#rest);
    copy(this.#rest, quaternion);
    rotate(quaternion, this.#left, pitch);
    rotate(quaternion, this.#up, yaw);
    rotate(quaternion, this.#front, roll);
    copy(quaternion, this.#written);
  }

  /** Back to its rest, unless somebody else has moved it. */
  release() {
    if (same(this.#bone.quaternion, this.#written)) copy(this.#rest, this.#bone.quaternion);
  }
}

/**
 * A direction of the world as the bone's parent sees it. Read once: a body that turns takes parent and axis along.
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
 * @param {number} at where the axis begins
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

/** @typedef {{x: number, y: number, z: number, w: number}} Quaternion */

/** @param {Quaternion} a @param {Quaternion} b */
const same = (a, b) => a.x === b.x && a.y === b.y && a.z === b.z && a.w === b.w;

/** @param {Quaternion} from @param {Quaternion} to */
function copy({ x, y, z, w }, to) {
  to.x = x;
  to.y = y;
  to.z = z;
  to.w = w;
}

/**
 * Applies a turn after those that a quaternion has: their Hamilton product.
 * @param {Quaternion} q
 * @param {Vector} axis of length 1
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
