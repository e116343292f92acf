/**
 * The names of a mesh's morph targets that move something. Exporters write all 52 names also where the author made
 * a few of them, and eyes and teeth often have those of the whole head.
 * @param {import("../types.js").MorphMesh} mesh
 * @returns {string[]}
 */
export declare function movingTargets({ morphTargetDictionary, geometry }: import("../types.js").MorphMesh): string[];
/**
 * Up to where a target moves nothing that anybody sees.
 * @param {readonly number[]} reaches how far each target of a mesh moves a vertex along an axis at most; Infinity where
 *   that is not known
 * @param {number} size of the mesh in the same unit, Infinity where it is not known
 */
export declare function noiseOf(reaches: readonly number[], size: number): number;
