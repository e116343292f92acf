const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i & 1, (i >> 1) & 1, i >> 2]);
/** Maximum distance of a head's pivot from its bounding box, as a fraction of its largest extent. */
const BELOW = 0.5;
/** The same for a jaw, whose joint is behind it, and for eyes. */
export const BESIDE = 2;

/**
 * Returns true if a node may be rotated about its origin. Bones may; a mesh or group often has its origin at
 * the feet, about which the head would swing like a pendulum.
 * @param {any} node
 * @param {number} [most] maximum distance of the origin from its contents, as a fraction of their largest extent
 */
export function isTurnable(node, most = BELOW) {
  if (!node.quaternion || node.isSkinnedMesh) return false;
  if (node.isBone) return true;
  const box = boxOf(node);
  const m = node.matrixWorld.elements;
  const extent = Math.max(...box.map(([low, high]) => high - low));
  const off = box.map(([low, high], i) => Math.max(0, low - m[12 + i], m[12 + i] - high));
  return !Number.isFinite(extent) || Math.hypot(...off) <= most * extent;
}

/**
 * Returns the bounding box of a node's meshes in world space. Skinned meshes are excluded, because bones move
 * them.
 * @param {any} node
 * @returns {[low: number, high: number][]} along x, y and z; low > high if there are none
 */
function boxOf(node) {
  /** @type {[number, number][]} */
  const box = [0, 1, 2].map(() => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  node.updateWorldMatrix?.(true, true);
  node.traverse?.((/** @type {any} */ each) => {
    if (each.isMesh && !each.isSkinnedMesh) expand(box, each);
  });
  return box;
}

/** @param {[number, number][]} box @param {any} mesh */
function expand(box, { geometry, matrixWorld }) {
  if (geometry && !geometry.boundingBox) geometry.computeBoundingBox?.();
  const bounds = geometry?.boundingBox;
  if (!bounds) return;
  const m = matrixWorld.elements;
  for (const [i, j, k] of CORNERS) {
    const x = (i ? bounds.max : bounds.min).x;
    const y = (j ? bounds.max : bounds.min).y;
    const z = (k ? bounds.max : bounds.min).z;
    for (let axis = 0; axis < 3; axis++) {
      const at = m[axis] * x + m[4 + axis] * y + m[8 + axis] * z + m[12 + axis];
      box[axis] = [Math.min(box[axis][0], at), Math.max(box[axis][1], at)];
    }
  }
}
