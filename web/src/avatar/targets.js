/** @import { AttributeLike, MorphMesh } from "../types.js" */

/** What the noise of an export stays below, as a share of the mesh's size: eyes with a viseme of 0.03 mm. */
const OF_SIZE = 1e-3;
/** The same as a share of the largest move, for lips in a mesh that is the whole body. */
const OF_MOVES = 1e-2;

/**
 * The names of a mesh's morph targets that move something. Exporters write all 52 names also where the author made
 * a few of them, and eyes and teeth often have those of the whole head.
 * @param {MorphMesh} mesh
 * @returns {string[]}
 */
export function movingTargets({ morphTargetDictionary = {}, geometry }) {
  const names = Object.keys(morphTargetDictionary);
  const positions = geometry?.morphTargetsRelative ? geometry.morphAttributes?.position : undefined;
  if (!positions) return names;
  const reaches = positions.map(reachOf);
  const noise = noiseOf(reaches, sizeOf(geometry?.attributes?.position));
  return names.filter((name) => !(reaches[morphTargetDictionary[name]] <= noise));
}

/**
 * Up to where a target moves nothing that anybody sees.
 * @param {readonly number[]} reaches how far each target of a mesh moves a vertex along an axis at most; Infinity where
 *   that is not known
 * @param {number} size of the mesh in the same unit, Infinity where it is not known
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
 * The longest side of the box around a mesh.
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
