import { SHAPE_INDEX, shapeIndex } from "./arkit.js";
import { matchShape, schemeOf, wordsOf } from "./names.js";
import { mix, OCULUS, OPEN, oculusIndex, ROUND, SPREAD, TIGHT } from "./oculus.js";

/**
 * @typedef {import("./oculus.js").Term} Term
 * @typedef {{target: string, terms: Term[]}} Row one morph target and what moves it
 * @typedef {{target: string, shape: number, part: string, prefix: number}} Candidate
 */

const SMILE = mix({ mouthSmileLeft: 0.5, mouthSmileRight: 0.5 });
const LIDS = mix({ eyeBlinkLeft: 0.5, eyeBlinkRight: 0.5 });

/** The Oculus visemes that do what a simple target does. @type {Record<string, string>} */
const KINDS = { aa: "open", O: "round", U: "tight", I: "spread" };
/** Other spellings of them after `v_`. @type {Record<string, string>} */
const SPOKEN = { I: "ih", O: "oh", U: "ou" };
/** Oculus visemes, spelled `viseme_aa` or `v_aa`. @type {Record<string, {kind: string, terms: Term[]}>} */
const VISEMES = Object.fromEntries(
  OCULUS.flatMap((name) => {
    const entry = { kind: KINDS[name] ?? name, terms: [{ shape: oculusIndex(name), gain: 1 }] };
    const spellings = [`viseme${name}`, `v${name}`, `v${SPOKEN[name] ?? name}`];
    return spellings.map((spelling) => [spelling.toLowerCase(), entry]);
  }),
);

/**
 * What else moves the mouths of meshes without ARKit ones, by the last words of their names. Only one of each kind
 * is used: two vowels that open the jaw would open it twice.
 * @type {Record<string, {kind: string, terms: Term[]}>}
 */
const SIMPLE = {
  mtha: { kind: "open", terms: OPEN },
  mtho: { kind: "round", terms: ROUND },
  mthu: { kind: "tight", terms: TIGHT },
  mthi: { kind: "spread", terms: SPREAD },
  mouthopen: { kind: "open", terms: mix({ jawOpen: 1 }) },
  mouthsmile: { kind: "smile", terms: SMILE },
  eyesclosed: { kind: "lids", terms: LIDS },
  eyeclosel: { kind: "lidLeft", terms: mix({ eyeBlinkLeft: 1 }) },
  eyecloser: { kind: "lidRight", terms: mix({ eyeBlinkRight: 1 }) },
};

/**
 * Decides what moves each target of a mesh.
 * @param {readonly string[]} targets names of its morph targets
 * @param {import("./types.js").MorphMap} map the user's word, which goes before any guess
 * @param {Set<string>} schemes receives how the targets are named
 * @returns {Row[]} at most one a target
 */
export function planMesh(targets, map, schemes) {
  const mapped = mappedRows(targets, map);
  if (mapped.length > 0) schemes.add("mapped");
  const taken = new Set(mapped.map((row) => row.target));
  const free = targets.filter((target) => !taken.has(target));
  const named = candidatesOf(free, map).map((candidate) => {
    schemes.add(schemeOf(candidate.target, candidate));
    return { target: candidate.target, terms: [{ shape: candidate.shape, gain: 1 }] };
  });
  const rows = [...mapped, ...named];
  const jaw = shapeIndex("jawOpen");
  if (map.jawOpen === null || rows.some((row) => row.terms.some((term) => term.shape === jaw))) return rows;
  return [...rows, ...simpleRows(free, rows, schemes)];
}

/**
 * @param {readonly string[]} targets
 * @param {import("./types.js").MorphMap} map
 * @returns {Row[]}
 */
function mappedRows(targets, map) {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  for (const [name, wanted] of Object.entries(map)) {
    for (const target of wanted === null ? [] : [wanted].flat()) {
      if (!targets.includes(target)) continue;
      const row = rows.get(target) ?? { target, terms: [] };
      row.terms.push({ shape: shapeIndex(name), gain: 1 });
      rows.set(target, row);
    }
  }
  return [...rows.values()];
}

/**
 * One target (or one of each part) a shape: a mesh that has `eyeBlinkLeft` and `head_eyeBlink_L` means the
 * same thing twice, and moving both would close the eye twice.
 * @param {readonly string[]} targets
 * @param {import("./types.js").MorphMap} map
 * @returns {Candidate[]}
 */
function candidatesOf(targets, map) {
  const mapped = new Set(Object.keys(map).map((name) => SHAPE_INDEX.get(name)));
  /** @type {Map<string, Candidate>} */
  const best = new Map();
  for (const target of targets) {
    const match = matchShape(target);
    if (!match || mapped.has(match.shape)) continue;
    const key = `${match.shape}/${match.part}`;
    const other = best.get(key);
    if (!other || plainer(target, match.prefix, other)) best.set(key, { target, ...match });
  }
  return [...best.values()].filter(({ shape, part }) => part === "" || !best.has(`${shape}/`));
}

/**
 * @param {string} target
 * @param {number} prefix
 * @param {Candidate} other
 */
function plainer(target, prefix, other) {
  if (SHAPE_INDEX.has(other.target)) return false;
  return SHAPE_INDEX.has(target) || prefix < other.prefix;
}

/**
 * @param {readonly string[]} targets
 * @param {readonly Row[]} rows those decided before
 * @param {Set<string>} schemes
 * @returns {Row[]}
 */
function simpleRows(targets, rows, schemes) {
  const taken = new Set(rows.map((row) => row.target));
  const shown = new Set(rows.flatMap((row) => row.terms.map((term) => term.shape)));
  const kinds = new Set();
  /** @type {Row[]} */
  const simple = [];
  // Visemes first: where there are some, mouthOpen and the like would open the mouth once more.
  for (const [scheme, table] of /** @type {const} */ ([
    ["visemes", VISEMES],
    ["simple", SIMPLE],
  ])) {
    for (const target of targets) {
      const known = entryOf(table, target);
      if (!known || taken.has(target) || kinds.has(known.kind)) continue;
      if (known.kind.startsWith("lid") && known.terms.some((term) => shown.has(term.shape))) continue;
      kinds.add(known.kind);
      schemes.add(scheme);
      simple.push({ target, terms: known.terms });
    }
  }
  return simple;
}

/**
 * @param {Record<string, {kind: string, terms: Term[]}>} table
 * @param {string} target
 */
function entryOf(table, target) {
  const words = wordsOf(target);
  for (let prefix = 0; prefix < words.length; prefix++) {
    const known = table[words.slice(prefix).join("")];
    if (known) return known;
  }
  return null;
}
