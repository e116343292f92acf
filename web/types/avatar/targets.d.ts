/**
 * The names of a mesh's morph targets that move something. Exporters write all 52 names also where the author made
 * a few of them, and eyes and teeth often have those of the whole head.
 * @param {import("../types.js").MorphMesh} mesh
 * @returns {string[]}
 */
export declare function movingTargets({ morphTargetDictionary, geometry }: import("../types.js").MorphMesh): string[];
