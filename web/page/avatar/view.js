import { MathUtils, Vector3 } from "three";

/** Where the camera looks, and how far away it is. */
export const LOOK_AT = new Vector3(0, -0.2, 0);
export const DISTANCE = 6.6;
/** Vertical angle of view in degrees. */
const FIELD = 28;

/** @typedef {{width: number, height: number}} Picture its size in the plane through LOOK_AT */
/** @typedef {{azimuth: [number, number], polar: [number, number]}} Turns how far the camera may orbit, in radians */

/** How far the camera may orbit around a head. @type {Turns} */
export const AROUND_A_HEAD = {
  azimuth: [-1.1, 1.1],
  polar: [Math.PI / 2 - 0.4, Math.PI / 2 + 0.3],
};
/** A portrait is a relief, which looks wrong from the side. @type {Turns} */
export const BEFORE_A_PICTURE = {
  azimuth: [-0.22, 0.22],
  polar: [Math.PI / 2 - 0.12, Math.PI / 2 + 0.12],
};

/**
 * Returns the vertical angle of view, in degrees, that shows a picture as large as fits.
 * @param {Picture | null} picture null for a head
 * @param {number} aspect width of the view divided by its height
 */
export function fieldOfView(picture, aspect) {
  if (!picture) return FIELD;
  const height = Math.max(picture.height, picture.width / aspect);
  return 2 * MathUtils.radToDeg(Math.atan(height / 2 / DISTANCE));
}
