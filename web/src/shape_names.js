import { BLENDSHAPES, SHAPE_INDEX } from "./arkit.js";

/**
 * Names that are not the ARKit name in another spelling, for the systems that have words of their own
 * (Character Creator, MetaHuman). `*` stands for l and r at the end.
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

/** The two eyes look in and out in mirrored directions, which no suffix rule can say. */
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

/** Endings of the parts into which some systems split a shape that ARKit has once. */
const SPLITS = ["", "up", "down", "u", "d"].flatMap((part) =>
  ["", "l", "r", "left", "right"].map((side) => part + side),
);

/**
 * @typedef {object} Spelling
 * @property {number} shape index of the ARKit shape
 * @property {string} part empty for the whole shape; else which part of a split one ("l", "upr", …)
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
  // A sided shape may be split in height (mouthPressUL), an unsided one in height and side.
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
 * Splits a name into its words: at signs, between cases, around digits.
 * @param {string} name
 * @returns {string[]} in lower case
 */
export function wordsOf(name) {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());
}

/**
 * Which ARKit shape (or part of one) a morph target is, whatever its spelling and prefix; null if none.
 * @param {string} name
 * @returns {(Spelling & {prefix: number}) | null} prefix: how many words came before the shape's own
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
 * The index of the ARKit shape that has exactly this meaning, −1 if none.
 * @param {string} name
 */
export function canonicalShape(name) {
  const exact = SHAPE_INDEX.get(name);
  if (exact !== undefined) return exact;
  const match = matchShape(name);
  return match && match.part === "" ? match.shape : -1;
}

/**
 * The naming scheme in a word, for the binding report.
 * @param {string} name a morph target that {@link matchShape} knows
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
