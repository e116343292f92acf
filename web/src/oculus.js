import { SHAPE_COUNT, shapeIndex } from "./arkit.js";

/**
 * A face inside the client is 52 ARKit shapes followed by the 15 visemes of Oculus, each 0–1. Sources that only
 * know ARKit have the second half derived from the first.
 */

/** @type {readonly string[]} */
export const OCULUS = Object.freeze([
  "sil",
  "PP",
  "FF",
  "TH",
  "DD",
  "kk",
  "CH",
  "SS",
  "nn",
  "RR",
  "aa",
  "E",
  "I",
  "O",
  "U",
]);

/** Weights of a whole face: ARKit, then Oculus. */
export const FACE_WIDTH = SHAPE_COUNT + OCULUS.length;

/** @typedef {{shape: number, gain: number}} Term one channel's share in a target; shape: its index in a whole face */

/**
 * @param {Record<string, number>} shares ARKit name → gain
 * @returns {Term[]}
 */
export function mix(shares) {
  return Object.entries(shares).map(([name, gain]) => ({ shape: shapeIndex(name), gain }));
}

export const OPEN = mix({ jawOpen: 1, mouthFunnel: -0.5, mouthPucker: -0.7, mouthClose: -0.8 });
export const ROUND = mix({ mouthFunnel: 1 });
export const TIGHT = mix({ mouthPucker: 1 });
export const SPREAD = mix({
  mouthStretchLeft: 0.4,
  mouthStretchRight: 0.4,
  mouthSmileLeft: 0.25,
  mouthSmileRight: 0.25,
  mouthPucker: -0.5,
});
const SHUT = mix({ mouthClose: 0.9, mouthPressLeft: 0.3, mouthPressRight: 0.3, mouthRollLower: 0.3 });
const BITE = mix({ mouthRollLower: 0.7, mouthUpperUpLeft: 0.15, mouthUpperUpRight: 0.15 });

/**
 * What each viseme is in ARKit shapes; those that have no likeness there are left out.
 * @type {Record<string, Term[]>}
 */
const LIKENESS = { PP: SHUT, FF: BITE, aa: OPEN, I: SPREAD, O: ROUND, U: TIGHT };

/**
 * The index of a viseme in a whole face.
 * @param {string} name
 */
export function oculusIndex(name) {
  const index = OCULUS.indexOf(name);
  if (index < 0) throw new RangeError(`${name} is not an Oculus viseme.`);
  return SHAPE_COUNT + index;
}

/**
 * The ARKit shapes that a channel of a whole face shows.
 * @param {number} channel
 * @returns {number[]} indices
 */
export function arkitOf(channel) {
  if (channel < SHAPE_COUNT) return [channel];
  const terms = LIKENESS[OCULUS[channel - SHAPE_COUNT]] ?? [];
  return terms.filter(({ gain }) => gain > 0).map(({ shape }) => shape);
}

const LIKE = Object.entries(LIKENESS).map(([name, terms]) => ({
  channel: oculusIndex(name),
  shapes: Int16Array.from(terms, (term) => term.shape),
  gains: Float32Array.from(terms, (term) => term.gain),
}));

/**
 * Writes the visemes that follow from the ARKit shapes.
 * @param {Float32Array} face a whole one
 */
export function deriveOculus(face) {
  face.fill(0, SHAPE_COUNT);
  for (let i = 0; i < LIKE.length; i++) {
    const { channel, shapes, gains } = LIKE[i];
    let value = 0;
    for (let term = 0; term < shapes.length; term++) value += face[shapes[term]] * gains[term];
    face[channel] = Math.min(1, Math.max(0, value));
  }
}
