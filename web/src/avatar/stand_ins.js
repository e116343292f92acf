import { shapeIndex } from "../arkit.js";
import { arkitTerms, OCULUS, oculusIndex, vowelIndex } from "../oculus.js";
import { wordsOf } from "../shape_names.js";

/** @import { Term } from "../oculus.js" */

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
  U: ["ou"],
};
/** Names of viseme targets: `viseme_aa`, `v_aa`, `VI_01_aa`. @type {Record<string, StandIn>} */
const VISEMES = Object.fromEntries(OCULUS.flatMap(spellingsOf));
/**
 * Bare names, used only if a mesh has so many of them that they must be visemes.
 * @type {Record<string, StandIn>}
 */
const BARE = Object.fromEntries([
  ...OCULUS.map((name) => [name.toLowerCase(), viseme(name)]),
  ...Object.entries({ ih: "I", oh: "O", ou: "U" }).map(([bare, name]) => [bare, viseme(name)]),
]);
const BARE_LEAST = 5;

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
  mouthopen: { kind: "aa", instead: MOUTH, terms: JAW, opens: JAW },
  mouthsmile: SMILE,
  eyeclosel: LID_LEFT,
  eyecloser: LID_RIGHT,
  eyesclosed: LIDS,
};

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

/** @typedef {[scheme: string, entries: Record<string, StandIn>][]} StandInTables */
/** @type {StandInTables} */
const MESH_TABLES = [
  ["visemes", VISEMES],
  ["simple", SIMPLE],
];

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

/** @param {readonly string[]} targets @returns {StandInTables} */
export function tablesFor(targets) {
  const bare = targets.filter((target) => target.toLowerCase() in BARE).length >= BARE_LEAST;
  return bare ? [["visemes", { ...VISEMES, ...BARE }], MESH_TABLES[1]] : MESH_TABLES;
}

/**
 * @param {Record<string, StandIn>} entries
 * @param {string} target
 */
export function entryOf(entries, target) {
  const words = wordsOf(target).filter((word) => !/^\d/.test(word));
  for (let prefix = 0; prefix < words.length; prefix++) {
    const known = entries[words.slice(prefix).join("")];
    if (known) return known;
  }
  return null;
}
