import { OCULUS } from "../oculus.js";

/**
 * Faces of Azure's visemes, derived from the training targets of the built-in model (training/face/targets.toml,
 * rig.toml). Each viseme defines nine curves, which rig.js maps to ARKit shapes, one Oculus viseme, and a
 * strength per group.
 */

export const CURVES = ["jaw", "lower", "upper", "funnel", "pucker", "stretch", "smile", "tongue", "forward"];

/** Number of values that are blended: the curves, then the Oculus visemes. */
export const VALUES = CURVES.length + OCULUS.length;
/** Curves before this index grow with loudness. */
export const OPENING_END = 3;
/** Index of the first Oculus vowel; vowels are the last values. */
export const VOWELS_START = VALUES - 5;

/** Groups of values that share timing and strength: jaw, parting, rounding, spreading, tongue, Oculus. */
export const GROUPS = 6;
export const GROUP_END = [1, 3, 5, 7, 9, VALUES];
/** Groups that open further first in a long sound, while the others follow; keeps the mouth moving. */
export const SWELLS_FIRST = [true, false, false, false, true, true];
/**
 * Seconds before and after a sound in which its influence on each group grows and fades (coarticulation).
 * Rounding starts early.
 */
export const EARLY = [0.165, 0.135, 0.225, 0.15, 0.12, 0.14];
export const LATE = [0.165, 0.15, 0.15, 0.135, 0.12, 0.14];

export const SILENCE = 0;
export const H = 12;
export const BITE = 18;
export const SEAL = 21;
/** Not one of Azure's: the mouth while sounds are unknown. */
export const MURMUR = 22;
export const IDS = 22;

const VOWEL = [1, 1, 1, 1, 0.6, 1];
const CONSONANT = [0.8, 0.8, 0.3, 0.3, 1, 0.8];

/**
 * @typedef {object} VisemeShape
 * @property {string} [as] Oculus viseme
 * @property {number[]} strengths strength by group
 * @property {Record<string, number>} [face] curve → 0–1
 */

/** @type {VisemeShape[]} */
const SHAPES = [
  { strengths: [0, 0, 0, 0, 0, 0] },
  { as: "aa", strengths: VOWEL, face: { jaw: 0.34, lower: 0.15, upper: 0.07, stretch: 0.02 } },
  { as: "aa", strengths: [1.2, 1, 1, 1, 0.6, 1], face: { jaw: 0.52, lower: 0.12, upper: 0.06 } },
  {
    as: "O",
    strengths: [1.2, 1, 1, 1, 0.6, 1],
    face: { jaw: 0.42, lower: 0.11, upper: 0.04, funnel: 0.32, pucker: 0.14 },
  },
  { as: "E", strengths: VOWEL, face: { jaw: 0.32, lower: 0.19, upper: 0.09, stretch: 0.07, smile: 0.04 } },
  { as: "RR", strengths: VOWEL, face: { jaw: 0.22, lower: 0.13, upper: 0.06, funnel: 0.14, pucker: 0.08 } },
  {
    as: "I",
    strengths: [1, 1, 1, 1.2, 0.6, 1],
    face: { jaw: 0.16, lower: 0.22, upper: 0.09, stretch: 0.26, smile: 0.16 },
  },
  {
    as: "U",
    strengths: [1, 1, 1.6, 1, 0.6, 1],
    face: { jaw: 0.15, lower: 0.1, upper: 0.04, funnel: 0.26, pucker: 0.48 },
  },
  {
    as: "O",
    strengths: [1, 1, 1.3, 1, 0.6, 1],
    face: { jaw: 0.29, lower: 0.09, upper: 0.03, funnel: 0.36, pucker: 0.28 },
  },
  // 9–11 are diphthongs (TURNS); 12 takes the shape of the following sound.
  { strengths: VOWEL },
  { strengths: VOWEL },
  { strengths: VOWEL },
  { strengths: [0.4, 0.4, 0.3, 0.3, 0.2, 0.6] },
  {
    as: "RR",
    strengths: [0.6, 0.8, 0.6, 0.3, 1, 0.8],
    face: { jaw: 0.15, lower: 0.13, upper: 0.06, funnel: 0.16, pucker: 0.08 },
  },
  {
    as: "nn",
    strengths: [0.6, 0.8, 0.3, 0.3, 1, 0.8],
    face: { jaw: 0.17, lower: 0.16, upper: 0.05, tongue: 0.06 },
  },
  {
    as: "SS",
    strengths: [1.5, 1.2, 0.7, 0.9, 1, 1],
    face: { jaw: 0.06, lower: 0.28, upper: 0.13, stretch: 0.18, smile: 0.07 },
  },
  {
    as: "CH",
    strengths: [1.4, 0.8, 1.4, 1, 1, 1],
    face: { jaw: 0.08, lower: 0.22, upper: 0.13, funnel: 0.4, pucker: 0.12, forward: 0.12 },
  },
  { as: "TH", strengths: CONSONANT, face: { jaw: 0.14, lower: 0.17, upper: 0.06, tongue: 0.28 } },
  { strengths: [0.8, 0.8, 0.4, 0.4, 1, 0], face: { jaw: 0.1, upper: 0.12 } },
  {
    as: "DD",
    strengths: [0.5, 0.6, 0.2, 0.2, 0.6, 0.6],
    face: { jaw: 0.13, lower: 0.18, upper: 0.06, stretch: 0.02 },
  },
  { as: "kk", strengths: [0.4, 0.5, 0.15, 0.15, 0.3, 0.6], face: { jaw: 0.16, lower: 0.14, upper: 0.05 } },
  { strengths: [0.8, 0.4, 0.2, 0.15, 1, 0], face: { jaw: 0.09, lower: 0.1, upper: 0.04 } },
  { as: "aa", strengths: VOWEL, face: { jaw: 0.5, lower: 0.2, upper: 0.1 } },
];

/** Diphthongs: first and second vowel. @type {Record<number, readonly [number, number]>} */
export const DIPHTHONGS = { 9: [2, 7], 10: [3, 6], 11: [2, 6] };

/** `[ids, groups]` */
export const STRENGTHS = Float32Array.from(SHAPES.flatMap(({ strengths }) => strengths));
/** `[ids, values]` */
export const REST = Float32Array.from(SHAPES.flatMap(valuesOf));

/** @param {VisemeShape} shape */
function valuesOf({ as, face = {} }) {
  return [...CURVES.map((curve) => face[curve] ?? 0), ...OCULUS.map((name) => (name === as ? 1 : 0))];
}
