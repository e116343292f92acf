import { SHAPE_COUNT, shapeIndex } from "./arkit.js";

/**
 * A face inside the client is 52 ARKit shapes followed by the 15 visemes of Oculus, each 0–1. Sources that only
 * know ARKit have the second half derived from the first (viseme_fit.js).
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

/** The Oculus visemes that VRM and VRoid have too, where they are called aa, ih, ou, ee and oh. */
export const VOWELS = Object.freeze(["aa", "I", "U", "E", "O"]);

/** A face as targets see it: a whole one, then its mouth as a mixture of the vowels alone. */
export const BOUND_WIDTH = FACE_WIDTH + VOWELS.length;

/** @typedef {{shape: number, gain: number}} Term one channel's share in a target; shape: its index in a bound face */

/**
 * @param {Record<string, number>} shares ARKit name → gain
 * @returns {Term[]}
 */
export function arkitTerms(shares) {
  return Object.entries(shares).map(([name, gain]) => ({ shape: shapeIndex(name), gain }));
}

/**
 * The index of a viseme in a whole face.
 * @param {string} name
 */
export function oculusIndex(name) {
  return SHAPE_COUNT + indexIn(OCULUS, name);
}

/**
 * The index, in a bound face, of a vowel's share among the vowels.
 * @param {string} name its Oculus name
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
  if (index < 0) throw new RangeError(`${name} is none of the visemes ${names.join(" ")}.`);
  return index;
}
