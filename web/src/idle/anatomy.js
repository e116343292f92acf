import { isTurnable } from "../avatar/pivot.js";
import { vrmOf } from "../avatar/scene_parts.js";
import { eyesOf, pairsOf } from "../avatar/sides.js";
import { eyesOfVrm, pairsOfVrm } from "../avatar/vrm.js";

/** @import { Pair } from "../avatar/sides.js" */

/**
 * Prefixes of bone names: Mixamo, Character Creator, VRoid, 3ds Max, Rigify, and the normalized bones of VRM.
 */
const PREFIX =
  /^(?:normalized_)?(?:.*[:|]|mixamorig\d*_?|cc_base_|j_bip_c_|j_bip_|j_adj_|bip\d+[_ ]?|def[-_]|org[-_]|bone_)*/i;

/** Names without prefix, best first. @type {Record<BodyPart, string[]>} */
const NAMES = {
  head: ["head", "頭"],
  neck: ["neck", "necktwist01", "neck1", "neck01", "首"],
  chest: ["upperchest", "chest", "spine2", "spine02", "spine1", "spine01", "spine", "上半身2", "上半身"],
  eyes: ["eyes", "eyeballs"],
};

/** Parts that are rotated; of the others only the position matters. */
const MOVED = new Set(["head", "neck", "chest"]);

/**
 * @typedef {"head" | "neck" | "chest" | "eyes"} BodyPart
 * @typedef {Partial<Record<BodyPart, any>> & {root?: any, pairs: Pair[], eyePair?: Pair}} Anatomy nodes of
 *   the scene, and pairs of left and right nodes
 */

/**
 * Finds head, neck, chest and eyes of an avatar by name, or through a VRM's humanoid.
 * @param {unknown} target a scene, a mesh, a VRM, or an array of them
 * @returns {Anatomy}
 */
export function anatomyOf(target) {
  const roots = /** @type {any[]} */ (Array.isArray(target) ? target : [target]);
  const nodes = roots.flatMap((root) => nodesOf(root?.scene ?? root));
  const vrms = [...roots, ...nodes].map(vrmOf).filter((vrm) => vrm !== null);
  const named = pairsOf(nodes.filter((node) => nodeRank(node) > 0).sort((a, b) => nodeRank(b) - nodeRank(a)));
  /** @type {Anatomy} */
  const found = {
    root: roots[0]?.scene ?? roots[0],
    pairs: [...vrms.flatMap(pairsOfVrm), ...named],
    eyePair: vrms.map(eyesOfVrm).find(Boolean) ?? eyesOf(named),
  };
  for (const part of /** @type {BodyPart[]} */ (Object.keys(NAMES)))
    found[part] = ofHumanoid(vrms, part) ?? bestMatch(nodes, NAMES[part], part);
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
function bestMatch(nodes, names, part) {
  const worth = (/** @type {any} */ node) => {
    const at = names.indexOf(bareName(node.name));
    return at < 0 || (MOVED.has(part) && !isTurnable(node)) ? 0 : 100 * nodeRank(node) - at;
  };
  const [first] = nodes.filter((node) => worth(node) > 0).sort((a, b) => worth(b) - worth(a));
  return first ?? null;
}

/**
 * Ranks nodes: normalized bones of VRM, then bones, then other nodes, then meshes. Skinned meshes are moved
 * by bones and do not count.
 * @param {any} node
 */
function nodeRank(node) {
  if (node.isSkinnedMesh) return 0;
  if (/^normalized_/i.test(node.name)) return 4;
  if (node.isBone) return 3;
  return node.isMesh ? 1 : 2;
}

/** @param {string} name */
function bareName(name) {
  return name
    .replace(PREFIX, "")
    .toLowerCase()
    .replace(/[^\p{L}\d]/gu, "");
}
