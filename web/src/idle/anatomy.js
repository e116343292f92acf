import { vrmOf } from "../avatar/scene_parts.js";
import { eyesOf, pairsOf } from "../avatar/sides.js";
import { eyesOfVrm, pairsOfVrm } from "../avatar/vrm.js";
import { isTurnable } from "./pivot.js";

/** @import { Pair } from "../avatar/sides.js" */

/** What rigs put before the names of their bones: Mixamo, Character Creator, VRoid, 3ds Max, Rigify, and VRM's copies. */
const PREFIX =
  /^(?:normalized_)?(?:.*[:|]|mixamorig\d*_?|cc_base_|j_bip_c_|j_bip_|j_adj_|bip\d+[_ ]?|def[-_]|org[-_]|bone_)*/i;

/** Bare names, best first. @type {Record<BodyPart, string[]>} */
const NAMES = {
  head: ["head", "頭"],
  neck: ["neck", "necktwist01", "neck1", "neck01", "首"],
  chest: ["upperchest", "chest", "spine2", "spine02", "spine1", "spine01", "spine", "上半身2", "上半身"],
  eyes: ["eyes", "eyeballs"],
};

/** What is turned; of the rest only the place matters. */
const MOVED = new Set(["head", "neck", "chest"]);

/**
 * @typedef {"head" | "neck" | "chest" | "eyes"} BodyPart
 * @typedef {Partial<Record<BodyPart, any>> & {root?: any, pairs: Pair[], eyePair?: Pair}} Anatomy nodes of the scene;
 *   what is left and right of it, and which of that are eyes
 */

/**
 * The nodes of an avatar that life knows by their names; of a three-vrm VRM its humanoid's.
 * @param {unknown} target a scene, a mesh, a VRM, or an array of such
 * @returns {Anatomy}
 */
export function anatomyOf(target) {
  const roots = /** @type {any[]} */ (Array.isArray(target) ? target : [target]);
  const nodes = roots.flatMap((root) => nodesOf(root?.scene ?? root));
  const vrms = [...roots, ...nodes].map(vrmOf).filter((vrm) => vrm !== null);
  const named = pairsOf(nodes.filter((node) => kind(node) > 0).sort((a, b) => kind(b) - kind(a)));
  /** @type {Anatomy} */
  const found = {
    root: roots[0]?.scene ?? roots[0],
    pairs: [...vrms.flatMap(pairsOfVrm), ...named],
    eyePair: vrms.map(eyesOfVrm).find(Boolean) ?? eyesOf(named),
  };
  for (const part of /** @type {BodyPart[]} */ (Object.keys(NAMES)))
    found[part] = ofHumanoid(vrms, part) ?? best(nodes, NAMES[part], part);
  return found;
}

/**
 * @param {any[]} vrms
 * @param {BodyPart} part
 */
function ofHumanoid(vrms, part) {
  for (const { humanoid } of vrms) {
    const bone = humanoid.getNormalizedBoneNode(part);
    if (bone) return bone;
  }
  return null;
}

/** @param {any} root */
function nodesOf(root) {
  const nodes = new Set();
  root?.traverse?.((/** @type {any} */ node) => {
    for (const each of [node, ...(node.skeleton?.bones ?? [])])
      if (each.name && each.matrixWorld) nodes.add(each);
  });
  return [...nodes];
}

/**
 * @param {any[]} nodes
 * @param {string[]} names
 * @param {BodyPart} part
 */
function best(nodes, names, part) {
  const worth = (/** @type {any} */ node) => {
    const at = names.indexOf(bare(node.name));
    return at < 0 || (MOVED.has(part) && !isTurnable(node)) ? 0 : 100 * kind(node) - at;
  };
  const [first] = nodes.filter((node) => worth(node) > 0).sort((a, b) => worth(b) - worth(a));
  return first ?? null;
}

/**
 * Bones before other nodes, and VRM's copies, from which it moves its bones, before those. What is skinned is moved by
 * bones, and worth nothing here; meshes that are nodes of their own count.
 * @param {any} node
 */
function kind(node) {
  if (node.isSkinnedMesh) return 0;
  if (/^normalized_/i.test(node.name)) return 4;
  if (node.isBone) return 3;
  return node.isMesh ? 1 : 2;
}

/** @param {string} name */
function bare(name) {
  return name
    .replace(PREFIX, "")
    .toLowerCase()
    .replace(/[^\p{L}\d]/gu, "");
}
