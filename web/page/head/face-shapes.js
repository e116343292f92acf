import { JAW_FORWARD, JAW_SIDE, lipJaw, openJaw, TONGUE_JAW } from "./jaw.js";
import { add, bell, scale, smooth, subtract } from "./math.js";
import { slide } from "./skull.js";

/** @typedef {import("./math.js").Vec3} Vec3 */
/** @typedef {import("./face.js").SkinVertex} SkinVertex */
/** @typedef {import("./patch.js").Shape<SkinVertex>} SkinShape */

/** Moves the left corner, and the lips towards it less and less. @param {number} dx @param {number} dy @param {number} dz @returns {SkinShape} */
function corner(dx, dy, dz) {
  return ({ at, ray, near }) => {
    const share = near * Math.max(0, ray.cos) ** 2.6;
    return [share * dx, share * dy, slide(at, share * dx, share * dy) + share * dz];
  };
}

/** Pushes the skin out round a point of the left half. @param {number} x @param {number} y @param {number} size @param {Vec3} move @returns {SkinShape} */
function swell(x, y, size, move) {
  return ({ at }) => scale(move, at[2] > 0 ? bell(at[0] - x, size) * bell(at[1] - y, size) : 0);
}

/** @type {SkinShape} */
function puff({ at }) {
  const share = at[2] > 0 ? bell(Math.abs(at[0]) - 0.48, 0.26) * bell(at[1] + 0.48, 0.26) : 0;
  return [0.15 * share * at[0], 0, 0.07 * share];
}

/** @param {...SkinShape} shapes @returns {SkinShape} */
const sum =
  (...shapes) =>
  (vertex) =>
    shapes.map((shape) => shape(vertex)).reduce(add);

/** Parts the lips: the upper by `up`, the lower by `down`. @param {number} up @param {number} down @returns {SkinShape} */
const part =
  (up, down) =>
  ({ near, ray }) => [0, near * ray.sin * (ray.sin > 0 ? up : down), 0];

/** Draws the mouth together and pushes it forward. @param {number} narrow @param {number} forward @param {number} plump @returns {SkinShape} */
function purse(narrow, forward, plump) {
  return ({ at, ray: { cos, sin }, around, near, tuck }) => {
    // Squares off the lips' outline, and straightens the seam: an ellipse made narrow would be pointed.
    const thicker = scale(tuck, (-plump * cos * cos) / Math.max(0.6, Math.abs(sin)) + 0.1);
    const straighter = -0.04 * cos * cos * near;
    return add(thicker, [-narrow * around * at[0], straighter, forward * near + 0.3 * forward * around]);
  };
}

/** jawOpen drops the lower lip; this brings both lips back to one line. @type {SkinShape} */
function closeMouth({ ray: { sin, seam }, lip }) {
  const gap = subtract(openJaw(seam, lipJaw(Math.abs(sin))), openJaw(seam, lipJaw(-Math.abs(sin))));
  return scale(gap, lip * (sin < 0 ? 0.65 : -0.35));
}

/** Turns the upper (1) or the lower (-1) lip inwards over the teeth. @param {number} side @returns {SkinShape} */
function roll(side) {
  return ({ tuck, near, ray: { sin } }) => {
    // Both lips move back alike, for a gap between them would show from the side.
    return add(scale(tuck, 0.75 * smooth(0, 0.8, side * sin)), [0, 0, -0.02 * Math.abs(sin) * near]);
  };
}

/** Both lips rise, for they touch; the upper (1) or the lower (-1) also comes forward. @param {number} side @returns {SkinShape} */
const shrug =
  (side) =>
  ({ ray: { sin }, near }) => [0, 0.06 * Math.abs(sin) * near, 0.05 * Math.max(0, side * sin) * near];

/** Makes both lips thinner. @type {SkinShape} */
const press = ({ tuck, near }) => add(scale(tuck, 0.55), [0, 0, -0.02 * near]);

/** The left half of a shape. @param {SkinShape} shape @returns {SkinShape} */
const half = (shape) => (vertex) => scale(shape(vertex), smooth(-0.14, 0.14, vertex.at[0]));

/** @type {Record<string, SkinShape>} */
const LEFT = {
  mouthSmileLeft: sum(corner(0.09, 0.12, -0.01), swell(0.5, -0.28, 0.2, [0.02, 0.05, 0.05])),
  mouthFrownLeft: corner(0.02, -0.12, 0),
  mouthDimpleLeft: corner(0.05, 0.01, -0.06),
  mouthStretchLeft: corner(0.12, -0.03, 0),
  mouthPressLeft: half(press),
  mouthLowerDownLeft: half(part(0, 0.13)),
  mouthUpperUpLeft: half(part(0.11, 0)),
  cheekSquintLeft: swell(0.42, -0.2, 0.17, [0, 0.06, 0.05]),
  noseSneerLeft: swell(0.13, -0.15, 0.1, [0.02, 0.06, 0.02]),
  mouthLeft: ({ at, around }) => [0.13 * around, 0, slide(at, 0.13 * around, 0)],
  jawLeft: ({ jaw, near }) => [JAW_SIDE * Math.max(jaw, 0.88 * near), 0, 0],
};

/** @type {Record<string, SkinShape>} */
const BOTH = {
  jawForward: ({ jaw }) => [0, 0, JAW_FORWARD * jaw],
  jawOpen: ({ at, jaw, ray, near }) => add(openJaw(at, jaw), [-0.04 * ray.cos * near, 0, 0]),
  mouthClose: closeMouth,
  mouthFunnel: sum(purse(0.42, 0.13, 0.3), part(0.06, 0.1)),
  mouthPucker: purse(0.53, 0.17, 0.35),
  mouthRollLower: roll(-1),
  mouthRollUpper: roll(1),
  mouthShrugLower: sum(shrug(-1), swell(0, -0.85, 0.2, [0, 0.06, 0.03])),
  mouthShrugUpper: shrug(1),
  tongueOut: sum(part(0.04, 0.02), ({ at, jaw }) => openJaw(at, TONGUE_JAW * jaw)),
  cheekPuff: puff,
};

/** Every shape that moves the skin, but for the mirror images of the left ones. */
export const FACE_SHAPES = { ...BOTH, ...LEFT };
