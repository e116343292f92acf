/** @import { AttributeLike, MorphMesh } from "../types.js" */

/**
 * Movement below this fraction of the mesh's size is export noise; for example a viseme that moves the eyes
 * by 0.03 mm.
 */
const OF_SIZE = 1e-3;
/** Movement below this fraction of the largest movement is noise; for lips in a full-body mesh. */
const OF_MOVES = 1e-2;

/**
 * Returns the names of morph targets that move or colour something. Empty targets are excluded: exporters write all 52
 * names even if only a few were made, and eyes and teeth often get all the names of the head.
 * @param {MorphMesh} mesh
 * @returns {string[]}
 */
export function movingTargets({ morphTargetDictionary = {}, geometry }) {
  const names = Object.keys(morphTargetDictionary);
  const positions = geometry?.morphTargetsRelative ? geometry.morphAttributes?.position : undefined;
  if (!positions) return names;
  const reaches = positions.map(reachOf);
  const noise = noiseOf(reaches, sizeOf(geometry?.attributes?.position));
  const colors = geometry?.morphAttributes?.color ?? [];
  return names.filter((name) => {
    const target = morphTargetDictionary[name];
    return !(reaches[target] <= noise) || (colors[target] && reachOf(colors[target]) > 0);
  });
}

/**
 * Returns the largest movement that counts as noise.
 * @param {readonly number[]} reaches for each target of a mesh, the largest movement of a vertex along an
 *   axis; Infinity if unknown
 * @param {number} size of the mesh in the same unit; Infinity if unknown
 */
export function noiseOf(reaches, size) {
  const most = Math.max(0, ...reaches.filter(Number.isFinite));
  return Math.min(OF_SIZE * size, OF_MOVES * most);
}

/** @param {AttributeLike} target */
function reachOf(target) {
  let reach = 0;
  for (let i = 0; i < target.count; i++) {
    const x = Math.abs(target.getX(i));
    const y = Math.abs(target.getY(i));
    const z = Math.abs(target.getZ(i));
    if (x > reach) reach = x;
    if (y > reach) reach = y;
    if (z > reach) reach = z;
  }
  return reach;
}

/**
 * Returns the longest side of a mesh's bounding box.
 * @param {AttributeLike} [vertices]
 */
function sizeOf(vertices) {
  if (!vertices) return Number.POSITIVE_INFINITY;
  const { count } = vertices;
  const sides = /** @type {const} */ (["getX", "getY", "getZ"]).map((axis) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < count; i++) {
      const at = vertices[axis](i);
      if (at < low) low = at;
      if (at > high) high = at;
    }
    return high - low;
  });
  return Math.max(0, ...sides);
}
