import { shapeIndex } from "../arkit.js";
import { clampMagnitude, smoothstep } from "./ease.js";

/** @import { HeadRig } from "./head_rig.js" */

/** Degrees at weight 1 of an eyeLook shape; a convention shared with the server (motion/gaze.py). */
const FULL = 30;
/** Comfortable range of the eyes in degrees, horizontally and vertically. */
const SIDE = 25;
const HEIGHT = 16;
/**
 * The camera is followed up to the first angle and ignored beyond the second; in between the eyes let go
 * gradually. Degrees.
 */
const FOLLOW_UNTIL = 40;
const IGNORE_FROM = 65;
const DEGREES = 180 / Math.PI;

/** @param {string} way @param {string} back @returns {[number, number]} */
const axis = (way, back) => [shapeIndex(`eyeLook${way}`), shapeIndex(`eyeLook${back}`)];
/** For each eye, the shape that turns it to the character's left (or up), and the opposite one. */
const LEFT = [axis("OutLeft", "InLeft"), axis("InRight", "OutRight")];
const UP = [axis("UpLeft", "DownLeft"), axis("UpRight", "DownRight")];

/** Eye rotation relative to the head for looking at the camera, or straight ahead. */
export class CameraGaze {
  /** Degrees to the character's left, and up. */
  left = 0;
  up = 0;
  #seen = new Float64Array(3);

  /**
   * @param {HeadRig} rig
   * @param {{matrixWorld: {elements: ArrayLike<number>}} | null} camera
   */
  lookAt(rig, camera) {
    if (!camera || !rig.locate(camera.matrixWorld.elements, this.#seen)) return false;
    const seen = this.#seen;
    const side = Math.atan2(seen[0], seen[2]) * DEGREES;
    const height = Math.atan2(seen[1], Math.hypot(seen[0], seen[2])) * DEGREES;
    const following =
      1 -
      smoothstep((Math.max(Math.abs(side), Math.abs(height)) - FOLLOW_UNTIL) / (IGNORE_FROM - FOLLOW_UNTIL));
    this.left = clampMagnitude(side, SIDE) * following;
    this.up = clampMagnitude(height, HEIGHT) * following;
    return true;
  }

  /**
   * Looks straight ahead by compensating for the head's rotation.
   * @param {number} yaw rotation of the head to its left, degrees
   * @param {number} pitch rotation of the head down, degrees
   */
  lookAhead(yaw, pitch) {
    this.left = -yaw;
    this.up = pitch;
  }
}

/**
 * Turns both eyes in addition to the face's own gaze, within the comfortable range.
 * @param {Float32Array} face its first 52 weights are ARKit's
 * @param {number} left degrees to the character's left
 * @param {number} up degrees
 */
export function turnEyes(face, left, up) {
  for (let eye = 0; eye < 2; eye++) {
    turn(face, LEFT[eye], left, SIDE);
    turn(face, UP[eye], up, HEIGHT);
  }
}

/**
 * @param {Float32Array} face
 * @param {[number, number]} axis
 * @param {number} degrees
 * @param {number} most
 */
function turn(face, [towards, back], degrees, most) {
  const there = (face[towards] - face[back]) * FULL;
  const angle = clampMagnitude(there + degrees, Math.max(most, Math.abs(there))) / FULL;
  face[towards] = Math.min(1, Math.max(0, angle));
  face[back] = Math.min(1, Math.max(0, -angle));
}
