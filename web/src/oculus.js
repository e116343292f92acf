import { SHAPE_COUNT, shapeIndex } from "./arkit.js";

/**
 * A full face consists of the 52 ARKit shapes followed by the 15 Oculus visemes, each 0–1. For sources that
 * provide ARKit only, the visemes are derived (viseme_animation/fit.js).
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

/** Number of weights in a full face. */
export const FACE_WIDTH = SHAPE_COUNT + OCULUS.length;

/** The vowels among the Oculus visemes. VRM and VRoid have the same ones, named aa, ih, ou, ee and oh. */
export const VOWELS = Object.freeze(["aa", "I", "U", "E", "O"]);

/** Number of channels that targets can use: a full face, then the mouth as a mixture of vowels only. */
export const BOUND_WIDTH = FACE_WIDTH + VOWELS.length;

/**
 * @typedef {{shape: number, gain: number}} Term contribution of one channel to a target; shape: index of the
 *   channel
 */

/**
 * Converts named shares to terms.
 * @param {Record<string, number>} shares ARKit name → gain
 * @returns {Term[]}
 */
export function arkitTerms(shares) {
  return Object.entries(shares).map(([name, gain]) => ({ shape: shapeIndex(name), gain }));
}

/**
 * Returns the index of a viseme in a full face.
 * @param {string} name
 */
export function oculusIndex(name) {
  return SHAPE_COUNT + indexIn(OCULUS, name);
}

/**
 * Returns the channel index of a vowel in the mixture of vowels.
 * @param {string} name Oculus name
 */
export function vowelIndex(name) {
  return FACE_WIDTH + indexIn(VOWELS, name);
}

/**
 * @param {readonly string[]} names
 * @param {string} name
 */
function indexIn(names, name) {
  const index = names.indexOf(name);
  if (index < 0) throw new RangeError(`${name} is not one of the visemes ${names.join(" ")}.`);
  return index;
}
