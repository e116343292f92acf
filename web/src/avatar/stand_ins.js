import { shapeIndex } from "../arkit.js";
import { arkitTerms, OCULUS, oculusIndex, vowelIndex } from "../oculus.js";
import { wordsWithoutAffixes } from "../shape_names.js";
import { dialectOf } from "./viseme_dialects.js";

/**
 * @import { Term } from "../oculus.js"
 * @import { Dialect } from "./viseme_dialects.js"
 */

/** Targets that substitute ARKit shapes that an avatar lacks: visemes, vowels, and simple shapes. */

/**
 * A target that is not an ARKit shape, and what moves it.
 * @typedef {object} StandIn
 * @property {string} kind
 * @property {number[]} instead not used if one of these ARKit shapes has a target
 * @property {Term[]} terms
 * @property {Term[]} [opens] used if only the jaw is missing and the lips have their own targets
 */

const MOUTH = [shapeIndex("jawOpen")];
export const LIPS = ["mouthFunnel", "mouthPucker"].map(shapeIndex);
/** An open vowel opens the jaw about half way. */
const OPENS = arkitTerms({ jawOpen: 2, mouthClose: -2 });
const JAW = arkitTerms({ jawOpen: 1, mouthClose: -1 });
const SMILE = entry("smile", arkitTerms({ mouthSmileLeft: 0.5, mouthSmileRight: 0.5 }));
const LID_LEFT = entry("lidLeft", arkitTerms({ eyeBlinkLeft: 1 }));
const LID_RIGHT = entry("lidRight", arkitTerms({ eyeBlinkRight: 1 }));
const LIDS = entry("lids", arkitTerms({ eyeBlinkLeft: 0.5, eyeBlinkRight: 0.5 }));
/** The mouth as a mixture of vowels, by their VRM names. */
const BY_VOWEL = /** @type {const} */ ({ aa: "aa", I: "ih", U: "ou", E: "ee", O: "oh" });
const VOWEL_OF = { aa: vowel("aa"), ih: vowel("I"), ou: vowel("U"), ee: vowel("E"), oh: vowel("O") };

/** Other names of Oculus visemes after `v_`. @type {Record<string, string[]>} */
const SPOKEN = {
  PP: ["explosive"],
  FF: ["dentallip"],
  CH: ["affricate"],
  aa: ["open"],
  E: ["lipopen"],
  I: ["ih", "wide"],
  O: ["oh", "tighto"],
  U: ["ou", "tight"],
  nn: ["tongueup"],
};
/** Names of viseme targets: `viseme_aa`, `v_aa`, `VI_01_aa`. @type {Record<string, StandIn>} */
const VISEMES = Object.fromEntries(OCULUS.flatMap(spellingsOf));
/**
 * Simple shapes, by the last words of the targets' names. Only one of each kind is used: two vowels that open
 * the jaw would open it twice. Separate lids take precedence over targets that close both eyes.
 * @type {Record<string, StandIn>}
 */
const SIMPLE = {
  mtha: VOWEL_OF.aa,
  mthi: VOWEL_OF.ih,
  mthu: VOWEL_OF.ou,
  mthe: VOWEL_OF.ee,
  mtho: VOWEL_OF.oh,
  moutha: VOWEL_OF.aa,
  mouthi: VOWEL_OF.ih,
  mouthu: VOWEL_OF.ou,
  mouthe: VOWEL_OF.ee,
  moutho: VOWEL_OF.oh,
  mouthopen: { kind: "aa", instead: MOUTH, terms: JAW, opens: JAW },
  mouthsmile: SMILE,
  eyeclosel: LID_LEFT,
  eyecloser: LID_RIGHT,
  eyesclosed: LIDS,
  eyeclose: LIDS,
  まばたき: LIDS,
  口角上げ: SMILE,
  怒り: entry("brows", arkitTerms({ browDownLeft: 0.5, browDownRight: 0.5 })),
  困る: entry("innerBrows", arkitTerms({ browInnerUp: 1 })),
};
/** Simple shapes whose names are too common to have anything before them. @type {Record<string, StandIn>} */
const LONE = { blink: LIDS, blinkl: LID_LEFT, blinkr: LID_RIGHT, blinkleft: LID_LEFT, blinkright: LID_RIGHT };

/**
 * VRM presets. Emotions of a VRM also affect mouth and lids, so they get only half the strength.
 * @type {Record<string, StandIn>}
 */
export const PRESETS = {
  ...VOWEL_OF,
  blinkleft: LID_LEFT,
  blinkright: LID_RIGHT,
  blink: LIDS,
  relaxed: entry("smile", arkitTerms({ mouthSmileLeft: 0.25, mouthSmileRight: 0.25 })),
  sad: entry("frown", arkitTerms({ mouthFrownLeft: 0.25, mouthFrownRight: 0.25 })),
  angry: entry("brows", arkitTerms({ browDownLeft: 0.25, browDownRight: 0.25 })),
};
/** Presets that are emotions. */
export const EMOTION_PRESETS = ["relaxed", "sad", "angry"];

/**
 * @typedef {object} StandInTable
 * @property {string} scheme
 * @property {Record<string, StandIn>} entries by name
 * @property {(target: string) => string} [keyOf] the name of a target; by default, the last words of it
 */
/** Tables for every mesh. @type {StandInTable[]} */
export const MESH_TABLES = [
  { scheme: "visemes", entries: VISEMES },
  { scheme: "simple", entries: SIMPLE },
  { scheme: "simple", entries: LONE, keyOf: (target) => wordsWithoutAffixes(target).join("") },
];
/** Tables for the expressions of a VRM. @type {StandInTable[]} */
export const VRM_TABLES = [{ scheme: "vrm", entries: PRESETS }];

/**
 * @param {string} kind
 * @param {Term[]} terms
 * @returns {StandIn} used if its shapes have no target of their own
 */
function entry(kind, terms) {
  return { kind, instead: terms.map((term) => term.shape), terms };
}

/** @param {string} name @returns {StandIn} */
function vowel(name) {
  return mouth(name, vowelIndex(name));
}

/** @param {string} name @returns {StandIn} */
function viseme(name) {
  return mouth(name, oculusIndex(name));
}

/**
 * @param {string} kind Oculus viseme
 * @param {number} channel
 * @returns {StandIn}
 */
function mouth(kind, channel) {
  return {
    kind,
    instead: MOUTH,
    terms: [{ shape: channel, gain: 1 }],
    opens: kind === "aa" ? OPENS : undefined,
  };
}

/** @param {string} name @returns {[string, StandIn][]} */
function spellingsOf(name) {
  const known = viseme(name);
  const spellings = [
    `viseme${name}`,
    ...["v", "vi"].flatMap((v) => [name, ...(SPOKEN[name] ?? [])].map((n) => v + n)),
  ];
  return spellings.map((spelling) => [spelling.toLowerCase(), known]);
}

/**
 * @param {StandIn} entry
 * @param {boolean} lips whether ARKit shapes move the lips, which a viseme would duplicate
 */
export function termsOf({ instead, terms, opens }, lips) {
  return lips && instead === MOUTH ? opens : terms;
}

/**
 * Returns the tables for a mesh, best first.
 * @param {readonly string[]} targets all its morph targets
 * @returns {StandInTable[]}
 */
export function tablesFor(targets) {
  const dialect = dialectOf(targets);
  return dialect ? [tableOf(dialect), ...MESH_TABLES] : MESH_TABLES;
}

/** @param {Dialect} dialect @returns {StandInTable} */
export function tableOf({ keyOf, shows, vowels }) {
  const entries = Object.entries(shows).map(([key, names]) => [key, mouthOf([names].flat(), vowels)]);
  return { scheme: vowels ? "simple" : "visemes", entries: Object.fromEntries(entries), keyOf };
}

/**
 * @param {string[]} names Oculus visemes that one target shows
 * @param {boolean} [vowels] whether they are part of a mixture of vowels only
 * @returns {StandIn}
 */
function mouthOf(names, vowels) {
  const [first] = names;
  if (vowels) return VOWEL_OF[BY_VOWEL[/** @type {keyof typeof BY_VOWEL} */ (first)]];
  return { ...viseme(first), terms: names.flatMap((name) => viseme(name).terms) };
}

/**
 * Finds what a target stands for.
 * @param {StandInTable} table
 * @param {string} target
 * @returns {{entry: StandIn, prefix: number} | null} prefix: number of words before its name
 */
export function entryOf({ entries, keyOf }, target) {
  if (keyOf) return found(entries, keyOf(target), 0);
  const words = wordsWithoutAffixes(target);
  for (let prefix = 0; prefix < words.length; prefix++) {
    const known = found(entries, words.slice(prefix).join(""), prefix);
    if (known) return known;
  }
  return null;
}

/**
 * @param {Record<string, StandIn>} entries
 * @param {string} key
 * @param {number} prefix
 */
function found(entries, key, prefix) {
  return Object.hasOwn(entries, key) ? { entry: entries[key], prefix } : null;
}
