import { OCULUS } from "../face/oculus.js";

/**
 * What Azure's visemes ask of a face, after the built-in model's targets (training/face/targets.toml, rig.toml). Each
 * asks for nine curves, from which the ARKit shapes follow (rig.js), and one Oculus viseme; and how firmly,
 * by group.
 */

export const CURVES = ["jaw", "lower", "upper", "funnel", "pucker", "stretch", "smile", "tongue", "forward"];

/** Values that visemes are blended in: the curves, then the Oculus visemes. */
export const VALUES = CURVES.length + OCULUS.length;
/** The curves that a loud voice makes larger are before this one. */
export const OPENING_END = 3;
/** The Oculus vowels are the last values. */
export const VOWELS_START = VALUES - 5;

/** Groups of values that are held alike: jaw, parting, rounding, spreading, tongue, Oculus. */
export const GROUPS = 6;
export const GROUP_END = [1, 3, 5, 7, 9, VALUES];
/** The group that rises while another falls back, so that a long sound is never quite still. */
export const SWELLS_FIRST = [true, false, false, false, true, true];
/** Seconds before and after a sound in which its hold on each group grows and fades. Rounding starts early. */
export const EARLY = [0.165, 0.135, 0.225, 0.15, 0.12, 0.14];
export const LATE = [0.165, 0.15, 0.15, 0.135, 0.12, 0.14];

export const SILENCE = 0;
export const H = 12;
export const BITE = 18;
export const SEAL = 21;
/** Not Azure's: the mouth of a voice whose sounds are not known. */
export const MURMUR = 22;
export const IDS = 22;

const VOWEL = [1, 1, 1, 1, 0.6, 1];
const CONSONANT = [0.8, 0.8, 0.3, 0.3, 1, 0.8];

/**
 * @typedef {object} Shape
 * @property {string} [as] the Oculus viseme
 * @property {number[]} hold by group
 * @property {Record<string, number>} [face] curve → 0–1
 */

/** @type {Shape[]} */
const SHAPES = [
  { hold: [0, 0, 0, 0, 0, 0] },
  { as: "aa", hold: VOWEL, face: { jaw: 0.34, lower: 0.15, upper: 0.07, stretch: 0.02 } },
  { as: "aa", hold: [1.2, 1, 1, 1, 0.6, 1], face: { jaw: 0.52, lower: 0.12, upper: 0.06 } },
  {
    as: "O",
    hold: [1.2, 1, 1, 1, 0.6, 1],
    face: { jaw: 0.42, lower: 0.11, upper: 0.04, funnel: 0.32, pucker: 0.14 },
  },
  { as: "E", hold: VOWEL, face: { jaw: 0.32, lower: 0.19, upper: 0.09, stretch: 0.07, smile: 0.04 } },
  { as: "RR", hold: VOWEL, face: { jaw: 0.22, lower: 0.13, upper: 0.06, funnel: 0.14, pucker: 0.08 } },
  {
    as: "I",
    hold: [1, 1, 1, 1.2, 0.6, 1],
    face: { jaw: 0.16, lower: 0.22, upper: 0.09, stretch: 0.26, smile: 0.16 },
  },
  {
    as: "U",
    hold: [1, 1, 1.6, 1, 0.6, 1],
    face: { jaw: 0.15, lower: 0.1, upper: 0.04, funnel: 0.26, pucker: 0.48 },
  },
  {
    as: "O",
    hold: [1, 1, 1.3, 1, 0.6, 1],
    face: { jaw: 0.29, lower: 0.09, upper: 0.03, funnel: 0.36, pucker: 0.28 },
  },
  // 9–11 are two sounds each (TURNS), 12 has the shape of what follows.
  { hold: VOWEL },
  { hold: VOWEL },
  { hold: VOWEL },
  { hold: [0.4, 0.4, 0.3, 0.3, 0.2, 0.6] },
  {
    as: "RR",
    hold: [0.6, 0.8, 0.6, 0.3, 1, 0.8],
    face: { jaw: 0.15, lower: 0.13, upper: 0.06, funnel: 0.16, pucker: 0.08 },
  },
  {
    as: "nn",
    hold: [0.6, 0.8, 0.3, 0.3, 1, 0.8],
    face: { jaw: 0.17, lower: 0.16, upper: 0.05, tongue: 0.06 },
  },
  {
    as: "SS",
    hold: [1.5, 1.2, 0.7, 0.9, 1, 1],
    face: { jaw: 0.06, lower: 0.28, upper: 0.13, stretch: 0.18, smile: 0.07 },
  },
  {
    as: "CH",
    hold: [1.4, 0.8, 1.4, 1, 1, 1],
    face: { jaw: 0.08, lower: 0.22, upper: 0.13, funnel: 0.4, pucker: 0.12, forward: 0.12 },
  },
  { as: "TH", hold: CONSONANT, face: { jaw: 0.14, lower: 0.17, upper: 0.06, tongue: 0.28 } },
  { hold: [0.8, 0.8, 0.4, 0.4, 1, 0], face: { jaw: 0.1, upper: 0.12 } },
  {
    as: "DD",
    hold: [0.5, 0.6, 0.2, 0.2, 0.6, 0.6],
    face: { jaw: 0.13, lower: 0.18, upper: 0.06, stretch: 0.02 },
  },
  { as: "kk", hold: [0.4, 0.5, 0.15, 0.15, 0.3, 0.6], face: { jaw: 0.16, lower: 0.14, upper: 0.05 } },
  { hold: [0.8, 0.4, 0.2, 0.15, 1, 0], face: { jaw: 0.09, lower: 0.1, upper: 0.04 } },
  { as: "aa", hold: VOWEL, face: { jaw: 0.5, lower: 0.2, upper: 0.1 } },
];

/** Diphthongs: the vowels that they go from and to. @type {Record<number, readonly [number, number]>} */
export const TURNS = { 9: [2, 7], 10: [3, 6], 11: [2, 6] };

/** `[ids, groups]` */
export const HOLD = Float32Array.from(SHAPES.flatMap(({ hold }) => hold));
/** `[ids, values]` */
export const REST = Float32Array.from(SHAPES.flatMap(valuesOf));

/** @param {Shape} shape */
function valuesOf({ as, face = {} }) {
  return [...CURVES.map((curve) => face[curve] ?? 0), ...OCULUS.map((name) => (name === as ? 1 : 0))];
}
