import { wordsWithoutAffixes } from "../shape_names.js";

/**
 * The sets of mouth shapes that common programs make, by their own names. Single names such as "R" or "A" could be
 * anything, so a set is recognised only by many of its names together.
 */

/**
 * @typedef {object} Dialect
 * @property {number} least number of its names that a mesh must have
 * @property {(target: string) => string} keyOf the name of a target as in `shows`
 * @property {Record<string, string | string[]>} shows name → Oculus visemes that the target shows
 * @property {boolean} [vowels] the five vowels only, as a mixture
 * @property {(targets: readonly string[]) => boolean} [only] further condition
 */

/** The 22 visemes of Microsoft's speech service by id, as far as Oculus has the same sound. */
const OF_AZURE = {
  0: "sil",
  2: "aa",
  4: "E",
  6: "I",
  7: "U",
  8: "O",
  13: "RR",
  14: "nn",
  15: "SS",
  16: "CH",
  17: "TH",
  18: "FF",
  19: "DD",
  20: "kk",
  21: "PP",
};
const AZURE_IDS = 22;

/** Name without separators, numbers, and what programs put before and after it. @param {string} target */
const wholeName = (target) =>
  wordsWithoutAffixes(target.replace(/^.*ctrl_?/i, "").replace(/^.*[.:](?!\d)/, ""))
    .join("")
    .replace(/^(visemes?|phonemes?)(?=.)/, "");

/** Number at the end of a name. @param {string} target */
const numberOf = (target) => String(Number(/(\d+)$/.exec(target)?.[1] ?? Number.NaN));

/** @param {readonly string[]} targets */
const hasClosedLips = (targets) => targets.some((target) => wholeName(target) === "mbp");

/** @param {readonly string[]} targets */
const hasFewLetters = (targets) => targets.filter((target) => /^[a-z]$/i.test(target)).length <= 6;

/** @type {Dialect[]} */
export const DIALECTS = [
  {
    // Oculus without a prefix, and with the vowels of VRM.
    least: 5,
    keyOf: wholeName,
    shows: {
      ...same("sil PP FF TH DD kk CH SS nn RR aa E I O U"),
      ...{ ih: "I", oh: "O", ou: "U" },
    },
  },
  {
    // MPFB and MakeHuman: Microsoft's visemes by their sounds.
    least: 12,
    keyOf: wholeName,
    shows: {
      sil: OF_AZURE[0],
      aa: OF_AZURE[2],
      eyehuh: OF_AZURE[4],
      yiyihix: OF_AZURE[6],
      wuw: OF_AZURE[7],
      ow: OF_AZURE[8],
      r: OF_AZURE[13],
      l: OF_AZURE[14],
      sz: OF_AZURE[15],
      shchjhzh: OF_AZURE[16],
      thdh: OF_AZURE[17],
      fv: OF_AZURE[18],
      dtn: OF_AZURE[19],
      kgng: OF_AZURE[20],
      pbm: OF_AZURE[21],
    },
  },
  // Microsoft's visemes by their ids.
  { least: 12, keyOf: numberOf, shows: OF_AZURE, only: areAzureIds },
  {
    // Character Creator 4.
    least: 8,
    keyOf: wholeName,
    shows: {
      ah: "aa",
      ae: "E",
      ee: "I",
      oh: "O",
      woo: "U",
      r: "RR",
      bmp: "PP",
      fv: "FF",
      th: "TH",
      tldn: ["DD", "nn"],
      kghng: "kk",
      chj: "CH",
      sz: "SS",
    },
  },
  {
    // Character Creator 3.
    least: 5,
    keyOf: wholeName,
    shows: {
      open: "aa",
      explosive: "PP",
      dentallip: "FF",
      tighto: "O",
      tight: "U",
      wide: "I",
      affricate: "CH",
      lipopen: "E",
    },
  },
  {
    // DAZ Genesis 3 to 9.
    least: 8,
    keyOf: wholeName,
    shows: {
      vaa: "aa",
      veh: "E",
      viy: "I",
      vow: "O",
      vuw: "U",
      ver: "RR",
      vm: "PP",
      vf: "FF",
      vth: "TH",
      vt: "DD",
      vl: "nn",
      vk: "kk",
      vs: ["SS", "CH"],
    },
  },
  {
    // Papagayo: the set of Preston Blair.
    least: 5,
    keyOf: wholeName,
    shows: {
      ai: "aa",
      e: ["E", "I"],
      o: "O",
      u: "U",
      mbp: "PP",
      fv: "FF",
      l: "nn",
      etc: ["DD", "SS", "CH", "kk", "TH", "RR"],
    },
    only: hasClosedLips,
  },
  { least: 4, keyOf: wholeName, vowels: true, shows: { aa: "aa", ih: "I", ou: "U", ee: "E", oh: "O" } },
  {
    least: 5,
    keyOf: wholeName,
    vowels: true,
    shows: { a: "aa", i: "I", u: "U", e: "E", o: "O" },
    only: hasFewLetters,
  },
  { least: 3, keyOf: wholeName, vowels: true, shows: { あ: "aa", い: "I", う: "U", え: "E", お: "O" } },
];

/**
 * Returns the set of which a mesh has most names, if it has enough of any.
 * @param {readonly string[]} targets all morph targets of the mesh, moving or not
 * @returns {Dialect | null}
 */
export function dialectOf(targets) {
  const fits = DIALECTS.map((dialect) => ({ dialect, hits: hitsOf(dialect, targets) })).filter(
    ({ dialect, hits }) => hits >= dialect.least && (dialect.only?.(targets) ?? true),
  );
  return fits.sort((a, b) => b.hits - a.hits)[0]?.dialect ?? null;
}

/**
 * Returns the number of names of a set that a mesh has.
 * @param {Dialect} dialect
 * @param {readonly string[]} targets
 */
function hitsOf({ keyOf, shows }, targets) {
  return new Set(targets.map(keyOf).filter((key) => Object.hasOwn(shows, key))).size;
}

/**
 * Returns true if all ids follow the same word for visemes, or are the names of exactly 22 targets. Other numbered
 * names have nothing to do with visemes.
 * @param {readonly string[]} targets
 */
function areAzureIds(targets) {
  const numbered = targets.map((target) => /^(.*?)0*(\d+)$/.exec(target)).filter((match) => match !== null);
  const stems = new Set(numbered.map(([, stem]) => stem));
  const ids = new Set(numbered.map(([, , id]) => Number(id)));
  if (stems.size !== 1 || Math.max(...ids) >= AZURE_IDS || ids.size < AZURE_IDS - 1) return false;
  const [stem] = stems;
  return stem === "" ? targets.length === AZURE_IDS : /vis|phon|azure/i.test(stem);
}

/**
 * @param {string} names Oculus visemes
 * @returns {Record<string, string>}
 */
function same(names) {
  return Object.fromEntries(names.split(" ").map((name) => [name.toLowerCase(), name]));
}
