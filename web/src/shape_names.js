import { BLENDSHAPES, SHAPE_INDEX } from "./arkit.js";

/**
 * Names that other systems (Character Creator, MetaHuman) use for ARKit shapes, beyond differences in
 * spelling. `*` stands for l or r at the end.
 */
const SYNONYMS = {
  "browdrop*": "browDown*",
  "browraiseinner*": "browInnerUp",
  "browraisein*": "browInnerUp",
  "browraiseouter*": "browOuterUp*",
  "cheekraise*": "cheekSquint*",
  "eyecheekraise*": "cheekSquint*",
  "eyewiden*": "eyeWide*",
  "eyesquintinner*": "eyeSquint*",
  "mouthcornerpull*": "mouthSmile*",
  "mouthcornerdepress*": "mouthFrown*",
  "mouthdownlower*": "mouthLowerDown*",
  "mouthlowerlipdepress*": "mouthLowerDown*",
  "mouthupupper*": "mouthUpperUp*",
  "mouthupperlipraise*": "mouthUpperUp*",
  "mouthrollinlower*": "mouthRollLower",
  "mouthrollinupper*": "mouthRollUpper",
  "mouthlipspursed*": "mouthPucker",
  "mouthlipspurseu*": "mouthPucker",
  "nosewrinkle*": "noseSneer*",
};

/** Gaze shapes: both eyes look in and out in mirrored directions, so a suffix rule does not work. */
const GAZE = {
  eyellookl: "eyeLookOutLeft",
  eyellookr: "eyeLookInLeft",
  eyellookup: "eyeLookUpLeft",
  eyellookdown: "eyeLookDownLeft",
  eyerlookl: "eyeLookInRight",
  eyerlookr: "eyeLookOutRight",
  eyerlookup: "eyeLookUpRight",
  eyerlookdown: "eyeLookDownRight",
  eyelookleftl: "eyeLookOutLeft",
  eyelookrightl: "eyeLookInLeft",
  eyelookleftr: "eyeLookInRight",
  eyelookrightr: "eyeLookOutRight",
};

/** Suffixes of partial shapes, for systems that split one ARKit shape into several. */
const SPLITS = ["", "up", "down", "u", "d"].flatMap((part) =>
  ["", "l", "r", "left", "right"].map((side) => part + side),
);

/**
 * @typedef {object} Spelling
 * @property {number} shape index of the ARKit shape
 * @property {string} part empty for the whole shape, else which part of a split shape ("l", "upr", …)
 */

/** @type {Map<string, Spelling>} */
const SPELLINGS = new Map();
for (const [name, shape] of SHAPE_INDEX) addSpellings(name, shape);
for (const [pattern, name] of Object.entries(SYNONYMS)) addSynonym(pattern, name);
for (const [spelling, name] of Object.entries(GAZE)) add(spelling, name, "");

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
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());
}

/**
 * Finds the ARKit shape, or the part of one, that a morph target's name stands for in any spelling and with
 * any prefix.
 * @param {string} name
 * @returns {(Spelling & {prefix: number}) | null} null if there is none; prefix: number of words before the
 *   name of the shape
 */
export function matchShape(name) {
  const words = wordsOf(name);
  for (let prefix = 0; prefix < words.length; prefix++) {
    const spelling = SPELLINGS.get(words.slice(prefix).join(""));
    if (spelling) return { ...spelling, prefix };
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
 * @param {{shape: number, part: string, prefix: number}} match
 */
export function schemeOf(name, match) {
  const arkit = BLENDSHAPES[match.shape];
  if (name === arkit) return "arkit";
  if (match.prefix > 0) return "prefixed";
  if (name.toLowerCase() === arkit.toLowerCase()) return "pascal";
  if (/[._-](l|r|L|R)$/.test(name)) return "side-suffix";
  return "other";
}
