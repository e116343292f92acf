import { SHAPE_INDEX, shapeIndex } from "../arkit.js";
import { matchShape, schemeOf } from "../shape_names.js";
import { entryOf, LIPS, tablesFor, termsOf } from "./stand_ins.js";

/**
 * @import { Term } from "../oculus.js"
 * @import { MorphMap } from "../types.js"
 * @import { StandIn, StandInTable } from "./stand_ins.js"
 */

/**
 * @typedef {{target: string, terms: Term[], standsIn?: boolean}} TargetTerms a morph target and the channels
 *   that move it; standsIn: it substitutes missing ARKit shapes
 * @typedef {{target: string, shape: number, part: string, prefix: number, suffix: number}} Candidate
 */

/**
 * Decides which channels move each target of a mesh.
 * @param {readonly string[]} targets names of the morph targets
 * @param {MorphMap} map mapping by the user, which takes precedence
 * @param {Set<string>} schemes receives the naming schemes found
 * @param {readonly StandInTable[]} [tables] names of substitutes for ARKit shapes, best first
 * @returns {TargetTerms[]} at most one per target
 */
export function planTargets(targets, map, schemes, tables = tablesFor(targets)) {
  const mapped = mappedRows(targets, map);
  if (mapped.length > 0) schemes.add("mapped");
  const taken = new Set(mapped.map((row) => row.target));
  const free = targets.filter((target) => !taken.has(target));
  const named = candidatesOf(free, map).map((candidate) => {
    schemes.add(schemeOf(candidate.target, candidate));
    return { target: candidate.target, terms: [{ shape: candidate.shape, gain: 1 }] };
  });
  const rows = [...mapped, ...named];
  const left = Object.entries(map).flatMap(([name, wanted]) => (wanted === null ? [name] : []));
  const shown = new Set([
    ...left.map(shapeIndex),
    ...rows.flatMap((row) => row.terms.map((term) => term.shape)),
  ]);
  return [...rows, ...standInRows(free, shown, tables, schemes)];
}

/**
 * @param {readonly string[]} targets
 * @param {MorphMap} map
 * @returns {TargetTerms[]}
 */
function mappedRows(targets, map) {
  /** @type {Map<string, TargetTerms>} */
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
 * Chooses one target (or one per part) for each shape. A mesh with `eyeBlinkLeft` and `head_eyeBlink_L` has
 * the same shape twice; moving both would close the eye twice.
 * @param {readonly string[]} targets
 * @param {MorphMap} map
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
    if (!other || isBetterMatch({ target, ...match }, other)) best.set(key, { target, ...match });
  }
  return [...best.values()].filter(({ shape, part }) => part === "" || !best.has(`${shape}/`));
}

/**
 * @param {Candidate} one
 * @param {Candidate} other
 */
function isBetterMatch(one, other) {
  if (SHAPE_INDEX.has(other.target)) return false;
  return SHAPE_INDEX.has(one.target) || one.prefix + one.suffix < other.prefix + other.suffix;
}

/**
 * Chooses substitutes for ARKit shapes that a mesh lacks.
 * @param {readonly string[]} targets
 * @param {ReadonlySet<number>} shown ARKit shapes that have a target or must not be moved
 * @param {readonly StandInTable[]} tables
 * @param {Set<string>} schemes
 * @returns {TargetTerms[]}
 */
function standInRows(targets, shown, tables, schemes) {
  const kinds = new Set();
  const lips = LIPS.some((shape) => shown.has(shape));
  /** @type {TargetTerms[]} */
  const rows = [];
  for (const table of tables) {
    const { scheme, entries } = table;
    const known = targetsOf(table, targets);
    for (const entry of new Set(Object.values(entries))) {
      const target = known.get(entry);
      const terms = termsOf(entry, lips);
      if (target === undefined || !terms || kinds.has(entry.kind)) continue;
      if (entry.instead.some((shape) => shown.has(shape))) continue;
      if (entry.kind === "lids" && (kinds.has("lidLeft") || kinds.has("lidRight"))) continue;
      kinds.add(entry.kind);
      schemes.add(lips && terms === entry.opens ? "other" : scheme);
      rows.push({ target, terms, standsIn: true });
    }
  }
  return rows;
}

/**
 * Finds the target for each entry of a table: the one with the fewest words before its name, else the last.
 * @param {StandInTable} table
 * @param {readonly string[]} targets
 * @returns {Map<StandIn, string>}
 */
function targetsOf(table, targets) {
  /** @type {Map<StandIn, {target: string, prefix: number}>} */
  const best = new Map();
  for (const target of targets) {
    const match = entryOf(table, target);
    if (!match) continue;
    const other = best.get(match.entry);
    if (!other || match.prefix <= other.prefix) best.set(match.entry, { target, prefix: match.prefix });
  }
  return new Map([...best].map(([entry, { target }]) => [entry, target]));
}
