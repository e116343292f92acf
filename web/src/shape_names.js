import { BLENDSHAPES, SHAPE_INDEX } from "./arkit.js";
import { GAZE, PARTS, SYNONYMS } from "./shape_synonyms.js";

/** Suffixes of partial shapes, for systems that split one ARKit shape into several. */
const SPLITS = ["", "up", "down", "u", "d"].flatMap((part) =>
  ["", "l", "r", "left", "right"].map((side) => part + side),
);

/**
 * @typedef {object} Spelling
 * @property {number} shape index of the ARKit shape
 * @property {string} part empty for the whole shape, else which part of a split shape ("l", "upr", …)
 */

/** Every known spelling, in lower case without separators. @type {Map<string, Spelling>} */
export const SPELLINGS = new Map();
for (const [name, shape] of SHAPE_INDEX) addSpellings(name, shape);
for (const [pattern, name] of Object.entries(SYNONYMS)) addSynonym(pattern, name);
for (const [spelling, name] of Object.entries(GAZE)) add(spelling, name, "");
for (const [name, spellings] of Object.entries(PARTS)) for (const each of spellings) add(each, name, each);

/** Words that programs append: Blender's and DAZ's numbers, Maya's copies. */
const SUFFIX = /^(\d+|ncl|div|copy|dup)$/;

/**
 * @param {string} name
 * @param {number} shape
 */
function addSpellings(name, shape) {
  const lower = name.toLowerCase();
  const sided = /^(.*)(left|right)$/.exec(lower);
  SPELLINGS.set(lower, { shape, part: "" });
  if (sided) SPELLINGS.set(sided[1] + sided[2][0], { shape, part: "" });
  // A sided shape may be split vertically (mouthPressUL), an unsided one vertically and by side.
  for (const part of sided ? ["u", "d"] : SPLITS) {
    if (!part) continue;
    const spelling = sided ? sided[1] + part + sided[2][0] : lower + part;
    if (!SPELLINGS.has(spelling)) SPELLINGS.set(spelling, { shape, part });
  }
}

/**
 * @param {string} pattern
 * @param {string} name
 */
function addSynonym(pattern, name) {
  for (const side of ["Left", "Right"]) {
    const part = name.endsWith("*") ? "" : pattern.slice(-2, -1) + side[0].toLowerCase();
    add(pattern.replace("*", side[0].toLowerCase()), name.replace("*", side), part);
    add(pattern.replace("*", side.toLowerCase()), name.replace("*", side), part);
  }
}

/**
 * @param {string} spelling
 * @param {string} name
 * @param {string} part
 */
function add(spelling, name, part) {
  SPELLINGS.set(spelling, { shape: /** @type {number} */ (SHAPE_INDEX.get(name)), part });
}

/**
 * Splits a name into words at separators, case changes and digits.
 * @param {string} name
 * @returns {string[]} lower case
 */
export function wordsOf(name) {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\0-\x7f]+/g) ?? []).map((word) =>
    word.toLowerCase(),
  );
}

/**
 * Splits a name into words, without numbers and the suffixes of copies.
 * @param {string} name
 * @returns {string[]} lower case
 */
export function wordsWithoutAffixes(name) {
  const words = wordsOf(name);
  while (words.length > 1 && SUFFIX.test(/** @type {string} */ (words.at(-1)))) words.pop();
  return words.filter((word) => !/^\d/.test(word));
}

/**
 * Finds the ARKit shape, or the part of one, that a morph target's name stands for in any spelling, with any
 * prefix, and with the suffixes of copies.
 * @param {string} name
 * @returns {(Spelling & {prefix: number, suffix: number}) | null} null if there is none; prefix and suffix: number
 *   of words before and after the name of the shape
 */
export function matchShape(name) {
  const words = wordsOf(name);
  for (let suffix = 0; suffix < words.length; suffix++) {
    if (suffix > 0 && !SUFFIX.test(words[words.length - suffix])) break;
    for (let prefix = 0; prefix < words.length - suffix; prefix++) {
      const spelling = SPELLINGS.get(words.slice(prefix, words.length - suffix).join(""));
      if (spelling) return { ...spelling, prefix, suffix };
    }
  }
  return null;
}

/**
 * Returns the index of the ARKit shape that a name denotes as a whole, or −1.
 * @param {string} name
 */
export function canonicalShape(name) {
  const exact = SHAPE_INDEX.get(name);
  if (exact !== undefined) return exact;
  const match = matchShape(name);
  return match && match.part === "" ? match.shape : -1;
}

/**
 * Returns the naming scheme of a morph target, for the binding report.
 * @param {string} name a name that {@link matchShape} recognises
 * @param {{shape: number, part: string, prefix: number, suffix?: number}} match
 */
export function schemeOf(name, match) {
  const arkit = BLENDSHAPES[match.shape];
  if (name === arkit) return "arkit";
  if (match.prefix > 0) return "prefixed";
  if (match.suffix) return "suffixed";
  if (name.toLowerCase() === arkit.toLowerCase()) return "pascal";
  if (/[._-](l|r|L|R)$/.test(name)) return "side-suffix";
  return "other";
}
