import { wordsOf } from "../shape_names.js";
import { BESIDE, isTurnable } from "./pivot.js";

/** @import { BoneLike } from "../types.js" */

/** Words that name the jaw as a whole. */
const JAW = /^(lower)?jaw(bone|root|joint|jnt|lower)?$|^(あご|顎)$/;
/** Words of nodes beside the jaw: a cheek, an end of a chain, teeth. */
const OTHER =
  /^(l|r|lf|rt|lft|rgt|left|right|upper|up|end|tip|nub|leaf|bulge|recess|line|teeth|tooth|tongue|cheek|corner|muscle|lip)$/;
/** Words that may follow, beside those below. */
const MIDDLE = /^(root|m|x|mid|center|centre|main|skin|bn|jt|lower|open|rot|rotate|pivot|skel)$/;
/** Words of rigs that do not move the mesh: controllers and mechanisms. */
const CONTROL =
  /^(ctrl|control|ctl|con|mch|org|ik|fk|target|tgt|drv|driver|helper|locator|loc|grp|group|offset|master|c)$/;
/** Words of bones that do. */
const DEFORMS = /^(def|jnt|joint|bone|bind|base)$/;

/**
 * Finds the bone that opens the mouth: its name says jaw and nothing else, and best it moves a mesh.
 * @param {readonly BoneLike[]} nodes
 * @param {ReadonlySet<unknown>} skinned bones of the skeletons of meshes
 * @returns {BoneLike | undefined}
 */
export function jawOf(nodes, skinned = new Set()) {
  const [best] = nodes
    .map((node) => ({ node, rank: rankOf(node, skinned) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank);
  return best?.node;
}

/**
 * Ranks a node; 0 if it is not a jaw. What it is counts more than its name.
 * @param {any} node
 * @param {ReadonlySet<unknown>} skinned
 */
function rankOf(node, skinned) {
  const words = jawWords(node.name);
  const at = words.findIndex((word) => JAW.test(word));
  if (at < 0 || words.some((word) => OTHER.test(word))) return 0;
  const after = words.slice(at + 1);
  if (!after.every((word) => [MIDDLE, CONTROL, DEFORMS].some((known) => known.test(word)))) return 0;
  if (!isTurnable(node, BESIDE)) return 0;
  const kind = skinned.has(node) ? 3 : node.isBone ? 2 : 1;
  const controls = words.filter((word) => CONTROL.test(word)).length;
  const deforms = words.filter((word) => DEFORMS.test(word)).length;
  return 1000 * kind - 100 * controls + 10 * deforms - words.length;
}

/** Splits a name into words; a loader may have joined a side to the last one ("DEF-jawL"). @param {string} name */
function jawWords(name) {
  const spaced = name.replace(/upper|lower|left|right/gi, " $& ").replace(/lower\s+jaw/i, "lowerjaw");
  return wordsOf(spaced).filter((word) => !/^\d/.test(word));
}
