/**
 * The names of a mesh's morph targets that move something. Exporters write all 52 names also where the author made
 * a few of them, and eyes and teeth often have those of the whole head.
 * @param {import("../types.js").MorphMesh} mesh
 * @returns {string[]}
 */
export function movingTargets({ morphTargetDictionary = {}, geometry }) {
  const positions = geometry?.morphTargetsRelative ? geometry.morphAttributes?.position : undefined;
  return Object.keys(morphTargetDictionary).filter((name) => {
    const target = positions?.[morphTargetDictionary[name]];
    return !target || moves(target);
  });
}

/** @param {import("../types.js").AttributeLike} target */
function moves(target) {
  for (let i = 0; i < target.count; i++)
    if (target.getX(i) !== 0 || target.getY(i) !== 0 || target.getZ(i) !== 0) return true;
  return false;
}
