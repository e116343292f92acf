import { OCULUS } from "./oculus.js";

/**
 * Maps visemes and phones of other speech engines to Azure's 22 visemes, which the fallback animates.
 *
 * Sources: Microsoft's table of viseme ids, Amazon Polly's viseme tables, Meta's viseme reference, the mouth shapes
 * of Rhubarb Lip Sync, the symbols of CMUdict (ARPAbet) and of the International Phonetic Alphabet.
 */

/** @typedef {"azure" | "oculus" | "polly" | "rhubarb" | "arpabet" | "ipa"} VisemeScheme */

const SILENCE = 0;

/** Symbols by Azure viseme, separated by spaces. @param {Record<number, string>} rows @returns {Map<string, number>} */
const table = (rows) =>
  new Map(Object.entries(rows).flatMap(([id, names]) => names.split(" ").map((name) => [name, Number(id)])));

const POLLY = table({
  0: "sil",
  1: "@ V",
  2: "a",
  3: "O",
  4: "e E",
  6: "i",
  7: "u",
  8: "o",
  13: "r",
  15: "s",
  16: "S",
  18: "f",
  19: "t T",
  20: "k",
  21: "p",
});

/** Rhubarb: A closed, B teeth, C open, D wide open, E rounded, F pucker, G f and v, H l, X rest. */
const RHUBARB = table({ 0: "X", 21: "A", 15: "B", 4: "C", 2: "D", 3: "E", 7: "F", 18: "G", 14: "H" });

const OF_OCULUS = table({
  0: "sil",
  2: "aa",
  4: "E",
  6: "I",
  7: "U",
  8: "O",
  13: "RR",
  15: "SS",
  16: "CH",
  18: "FF",
  19: "TH DD nn",
  20: "kk",
  21: "PP",
});

const ARPABET = table({
  0: "SIL SP SPN",
  1: "AE AH AX",
  2: "AA",
  3: "AO",
  4: "EH EY UH",
  5: "ER AXR",
  6: "IY IH IX Y",
  7: "W UW UX WH",
  8: "OW",
  9: "AW",
  10: "OY",
  11: "AY",
  12: "HH",
  13: "R",
  14: "L EL",
  15: "S Z",
  16: "SH CH JH ZH",
  17: "DH",
  18: "F V",
  19: "D T N TH DX EN NX",
  20: "K G NG Q",
  21: "P B M EM",
});

const IPA = table({
  1: "æ ə ʌ ɐ a",
  2: "ɑ ɒ",
  3: "ɔ",
  4: "ɛ ʊ e œ ø",
  5: "ɝ ɚ ɜ",
  6: "i ɪ j ɨ y ʏ ɥ",
  7: "u w ʍ ɯ ʉ",
  8: "o ɤ ɵ",
  12: "h ɦ x χ ħ ç",
  13: "ɹ r ɾ ʁ ɻ ʀ",
  14: "l ɫ ɭ ʎ ɬ",
  15: "s z",
  16: "ʃ ʒ ɕ ʑ ʂ ʐ ʤ ʧ",
  17: "ð",
  18: "f v ʋ ɱ",
  19: "d t n θ ɲ ɳ ʈ ɖ",
  20: "k g ɡ ŋ q c ɟ ɢ ʔ",
  21: "p b m ɸ β",
});
/** Two letters that are one sound: diphthongs and affricates. */
const IPA_PAIRS = table({
  9: "aʊ au",
  10: "ɔɪ ɔi",
  11: "aɪ ai",
  4: "eɪ ei",
  8: "oʊ əʊ ou",
  16: "tʃ dʒ tɕ dʑ tʂ",
  15: "ts dz",
});
/** Stress, length, ties and other diacritics. */
const IPA_MARKS = /\p{Mn}|[‿.]|[ʰ-˿]/gu;

/** @param {string} phone */
function ipa(phone) {
  if (IPA.has(phone.normalize("NFC"))) return IPA.get(phone.normalize("NFC")); // ç would become c
  const bare = phone.normalize("NFD").replace(IPA_MARKS, "");
  return IPA_PAIRS.get(bare.slice(0, 2)) ?? IPA.get(bare.slice(0, 1)) ?? (bare ? undefined : SILENCE);
}

/** @type {Record<VisemeScheme, (id: string | number) => number | undefined>} */
const SCHEMES = {
  azure: (id) => (Number.isInteger(id) && Number(id) >= 0 && Number(id) <= 21 ? Number(id) : undefined),
  oculus: (id) => OF_OCULUS.get(typeof id === "number" ? OCULUS[id] : id.replace(/^viseme_/, "")),
  polly: (id) => POLLY.get(String(id)),
  rhubarb: (id) => RHUBARB.get(String(id).toUpperCase()),
  arpabet: (id) => ARPABET.get(String(id).toUpperCase().replace(/\d$/, "")),
  ipa: (id) => ipa(String(id)),
};

/** Names of all schemes. */
export const VISEME_SCHEMES = /** @type {VisemeScheme[]} */ (Object.keys(SCHEMES));

/**
 * Returns the Azure viseme, 0–21, that corresponds to a viseme or phone; undefined if the scheme does not have it.
 * @param {VisemeScheme} scheme
 * @param {string | number} id a number for `azure`, a number or name for `oculus`, else a symbol
 * @returns {number | undefined}
 */
export function azureViseme(scheme, id) {
  return SCHEMES[scheme](id);
}
