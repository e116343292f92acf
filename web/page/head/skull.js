import { bell, smooth } from "./math.js";

/** @typedef {import("./math.js").Vec3} Vec3 */

export const SKULL = { x: 0.94, y: 1.14, z: 0.98 };
const MOUTH_PITCH = -0.5;

/** The skin in one direction from the middle of the head: an egg with jaw, cheeks, chin and nose. @param {Vec3} direction @returns {Vec3} */
export function skull([dx, dy, dz]) {
  const y = SKULL.y * dy;
  const taper = smooth(0.15, -1.15, y);
  const front = smooth(0, 0.5, dz);
  const x = SKULL.x * dx * (1 - 0.26 * taper);
  const side = Math.abs(x);
  const cheek = 0.07 * front * bell(side - 0.5, 0.26) * bell(y + 0.38, 0.3);
  const chin = 0.1 * front * bell(x, 0.26) * bell(y + 0.95, 0.17);
  const socket = -0.1 * front * bell(side - 0.36, 0.2) * bell(y - 0.16, 0.2);
  const back = dz < 0 ? 1.08 : 1;
  const z = SKULL.z * dz * back + cheek + chin + socket + front * nose(side, y);
  return [x * (1 + 1.2 * cheek), y, z];
}

/** How far the nose stands out: a long slope from the brow to the tip, a short one below it. @param {number} side @param {number} y */
function nose(side, y) {
  const above = y + 0.16;
  const slope = bell(above, above > 0 ? 0.25 : 0.115);
  const width = 0.1 + 0.035 * bell(above, 0.12);
  const wing = 0.07 * bell(side - 0.12, 0.06) * bell(y + 0.17, 0.075);
  return 0.2 * slope * bell(side, width) + wing;
}

/** The skin at a point of a map centred on the mouth, a to the left and b up; as on a globe's polar map, the
 * distance from the centre is the angle on the skull. @param {number} a @param {number} b */
export function skinAt(a, b) {
  const angle = Math.hypot(a, b) || 1e-9;
  const [sideways, up, ahead] = [
    (Math.sin(angle) * a) / angle,
    (Math.sin(angle) * b) / angle,
    Math.cos(angle),
  ];
  const [cos, sin] = [Math.cos(MOUTH_PITCH), Math.sin(MOUTH_PITCH)];
  return skull([sideways, ahead * sin + up * cos, ahead * cos - up * sin]);
}

/** The skin above the jaw, straight behind a point seen from the front. @param {number} x @param {number} y */
export function skinBehind(x, y) {
  const [dx, dy] = [x / SKULL.x, y / SKULL.y];
  return skull([dx, dy, Math.sqrt(Math.max(0, 1 - dx * dx - dy * dy))]);
}

/** How far z changes when a point on the front of the head slides by (dx, dy) along it. @param {Vec3} at @param {number} dx @param {number} dy */
export const slide = (at, dx, dy) => bulge(at[0] + dx, at[1] + dy) - bulge(at[0], at[1]);

/** @param {number} x @param {number} y */
const bulge = (x, y) => SKULL.z * Math.sqrt(Math.max(0.05, 1 - (x / SKULL.x) ** 2 - (y / SKULL.y) ** 2));
