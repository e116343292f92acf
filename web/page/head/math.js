/** @typedef {[number, number, number]} Vec3 */

export const RADIANS = Math.PI / 180;

/** @param {number} from @param {number} to @param {number} t */
export const lerp = (from, to, t) => from + (to - from) * t;

/** Says to the type checker that three numbers are a vector. @param {number} x @param {number} y @param {number} z @returns {Vec3} */
export const vec = (x, y, z) => [x, y, z];

/** 0 at `low`, 1 at `high`, with no kink at either end. @param {number} low @param {number} high @param {number} x */
export function smooth(low, high, x) {
  const t = Math.min(1, Math.max(0, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

/** 1 at 0, about 0 from twice `width`. @param {number} x @param {number} width */
export const bell = (x, width) => Math.exp(-((x / width) ** 2));

/** @param {Vec3} a @param {Vec3} b @returns {Vec3} */
export const add = (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

/** @param {Vec3} a @param {Vec3} b @returns {Vec3} */
export const subtract = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

/** @param {Vec3} a @param {number} factor @returns {Vec3} */
export const scale = (a, factor) => [a[0] * factor, a[1] * factor, a[2] * factor];

/** @param {Vec3} a @param {Vec3} b @param {number} t @returns {Vec3} */
export const mix = (a, b, t) => [lerp(a[0], b[0], t), lerp(a[1], b[1], t), lerp(a[2], b[2], t)];

/** A colour for a vertex. Vertex colours are linear, and CSS's are not. @param {number} hex @returns {Vec3} */
export function rgb(hex) {
  const linear = (/** @type {number} */ byte) => (byte / 255) ** 2.2;
  return [linear(hex >> 16), linear((hex >> 8) & 255), linear(hex & 255)];
}
