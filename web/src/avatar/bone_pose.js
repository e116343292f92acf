import { callBefore } from "./shared_values.js";

/** @typedef {{x: number, y: number, z: number, w: number}} Quaternion */

/** Ticks in a row on which the app has moved a bone that count as an animation of it. */
const REPEATED = 2;

/** @type {WeakMap<object, BonePose>} */
const poses = new WeakMap();

/**
 * Combines rotations of a bone with the app's own animation. If the app has moved the bone since it was last
 * written, that is its new rest pose. Several users of one bone share its rest pose, and their rotations add
 * up. An animation of the app may turn the bone back before it is drawn; then the rotations are applied once more
 * when its matrix is computed.
 */
export class BonePose {
  #bone;
  #quaternion;
  #repeats = 0;
  #hooked = false;
  #rest = { x: 0, y: 0, z: 0, w: 1 };
  #written = { x: NaN, y: NaN, z: NaN, w: NaN };
  /** @type {((quaternion: Quaternion) => void)[]} */
  #rotations = [];

  /** @param {{quaternion: Quaternion}} bone @returns {BonePose} shared by all users of the bone */
  static of(bone) {
    const known = poses.get(bone);
    if (known) return known;
    const pose = new BonePose(bone);
    poses.set(bone, pose);
    return pose;
  }

  /** @param {{quaternion: Quaternion}} bone */
  constructor(bone) {
    this.#bone = bone;
    this.#quaternion = bone.quaternion;
  }

  /**
   * @param {(quaternion: Quaternion) => void} turn added unless present, and applied together with all others
   */
  hold(turn) {
    if (!this.#rotations.includes(turn)) this.#rotations.push(turn);
    this.#repeats = this.#untouched ? 0 : this.#repeats + 1;
    if (this.#repeats > REPEATED) this.#hook();
    if (!this.#untouched) copy(this.#quaternion, this.#rest);
    this.#write();
  }

  /**
   * Removes a rotation. After the last one, the bone is at its rest pose unless the app has moved it.
   * @param {(quaternion: Quaternion) => void} turn
   */
  release(turn) {
    if (!this.#rotations.includes(turn)) return;
    this.#rotations = this.#rotations.filter((other) => other !== turn);
    if (this.#untouched) this.#write();
  }

  #hook() {
    if (this.#hooked) return;
    this.#hooked = true;
    callBefore(this.#bone, "updateMatrixWorld", () => {
      if (this.#untouched || this.#rotations.length === 0) return;
      copy(this.#quaternion, this.#rest);
      this.#write();
    });
  }

  get #untouched() {
    return same(this.#quaternion, this.#written);
  }

  #write() {
    copy(this.#rest, this.#quaternion);
    for (let i = 0; i < this.#rotations.length; i++) this.#rotations[i](this.#quaternion);
    copy(this.#quaternion, this.#written);
  }
}

/** @param {Quaternion} a @param {Quaternion} b */
const same = (a, b) => a.x === b.x && a.y === b.y && a.z === b.z && a.w === b.w;

/** @param {Quaternion} from @param {Quaternion} to */
function copy({ x, y, z, w }, to) {
  to.x = x;
  to.y = y;
  to.z = z;
  to.w = w;
}
