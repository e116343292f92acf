import { normal } from "./bone_rotation.js";

/** @import { Vector } from "./bone_rotation.js" */

/**
 * Finds the left and right of a character from the names of its nodes, so that no particular orientation is
 * required.
 * @typedef {[left: any, right: any]} Pair corresponding nodes of both sides
 */

/** @type {Record<string, string>} */
const RIGHT_OF = { l: "r", left: "right", 左: "右" };
const SIDES = new Set(Object.entries(RIGHT_OF).flat());
const EYES = /^(eye|目)$/;
const ARMS = /^(arm|shoulder|腕|肩)$/;
/** Minimum distance of two nodes to count as separate, in world units. */
const APART = 1e-6;

/**
 * @param {readonly any[]} nodes best candidates first
 * @returns {Pair[]} eyes, then arms, whose sides are reliable in most poses, then all others
 */
export function pairsOf(nodes) {
  const named = new Map();
  for (const node of nodes) {
    const name = partsOf(node.name).join(" ");
    if (!named.has(name)) named.set(name, node);
  }
  /** @type {Pair[]} */
  const pairs = [];
  for (const [name, left] of named) {
    const right = named.get(mirrored(name));
    if (right && right !== left) pairs.push([left, right]);
  }
  return pairs.sort((a, b) => rank(a) - rank(b));
}

/** @param {readonly Pair[]} pairs @returns {Pair | undefined} */
export const eyesOf = (pairs) => pairs.find((pair) => rank(pair) === 0);

/**
 * Returns the character's left in world space.
 * @param {readonly Pair[]} pairs the first pair with separate positions is used
 * @returns {Vector | null} unit vector
 */
export function leftOf(pairs) {
  for (const [left, right] of pairs) {
    const [to, from] = [placeOf(left), placeOf(right)];
    const across = to.map((value, i) => value - from[i]);
    if (Math.hypot(...across) > APART) return normal(across);
  }
  return null;
}

/** @param {any} node has a `matrixWorld` */
export function placeOf(node) {
  node.updateWorldMatrix?.(true, false);
  const m = node.matrixWorld?.elements ?? [];
  return [m[12] ?? 0, m[13] ?? 0, m[14] ?? 0];
}

/** @param {Pair} pair */
function rank([{ name }]) {
  const words = partsOf(name).filter((word) => !SIDES.has(word));
  if (EYES.test(words.at(-1) ?? "")) return 0;
  return ARMS.test(words.at(-1) ?? "") ? 1 : 2;
}

/** @param {string} name */
const mirrored = (name) =>
  name
    .split(" ")
    .map((word) => RIGHT_OF[word] ?? word)
    .join(" ");

/** Splits a name into words, with the side as a separate word even in compounds. @param {string} name */
function partsOf(name) {
  const spaced = name.replace(/left|right|[左右]/gi, " $& ");
  const words = spaced.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\0-\x7f\s]+/g) ?? [];
  return words.flatMap((word) => word.toLowerCase().split(/(?<=^[lr])(?=eye$)|(?<=^eye)(?=[lr]$)/));
}
