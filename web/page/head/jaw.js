/** @typedef {import("./math.js").Vec3} Vec3 */

const HINGE = { y: -0.35, z: -0.3 };
const COS = Math.cos(0.33) - 1;
const SIN = Math.sin(0.33);
// A jaw slides forward while it turns, so it moves back less than a hinge would.
const BACKWARD = 0.5;

/** How far jawOpen moves a point that follows the jaw by `share`. @param {Vec3} at @param {number} share @returns {Vec3} */
export function openJaw(at, share) {
  const up = at[1] - HINGE.y;
  const ahead = at[2] - HINGE.z;
  return [0, share * (up * COS - ahead * SIN), share * BACKWARD * (ahead * COS + up * SIN)];
}

export const JAW_FORWARD = 0.1;
export const JAW_SIDE = 0.11;
/** How far tongueOut opens the jaw, so that the tongue gets out between the teeth. */
export const TONGUE_JAW = 0.35;

/** A lip's share of the jaw's movement: the lower lip follows the jaw, the upper does not, and the corners, where
 * sin is 0, do by a third. @param {number} sin */
export const lipJaw = (sin) => (sin < 0 ? 0.35 - 0.65 * sin : 0.35 * (1 - sin));

/** The four jaw shapes of a part that follows the jaw as a whole.
 * @type {Record<string, (vertex: { at: Vec3 }) => Vec3>} */
export const JAW_SHAPES = {
  jawForward: () => [0, 0, JAW_FORWARD],
  jawLeft: () => [JAW_SIDE, 0, 0],
  jawRight: () => [-JAW_SIDE, 0, 0],
  jawOpen: ({ at }) => openJaw(at, 1),
};
