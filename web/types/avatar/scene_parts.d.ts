export type MorphMesh = import("../types.js").MorphMesh;
export type BoneLike = import("../types.js").BoneLike;
export type VrmLike = import("../types.js").VrmLike;
/**
 * @typedef {import("../types.js").MorphMesh} MorphMesh
 * @typedef {import("../types.js").BoneLike} BoneLike
 * @typedef {import("../types.js").VrmLike} VrmLike
 */
/** What of a scene, a glTF, a mesh or a VRM could move a face. */
export declare class SceneParts {
    #private;
    /** Those of VRMs are left out: their expressions move them. @type {Set<MorphMesh>} */
    meshes: Set<MorphMesh>;
    /** Whatever else has a place and a direction. @type {Set<BoneLike>} */
    bones: Set<BoneLike>;
    /** @type {Set<VrmLike>} */
    vrms: Set<VrmLike>;
    /** @param {unknown} target a scene, a glTF, a mesh, a VRM, or an array of them */
    constructor(target: unknown);
}
/** @param {any} root @returns {VrmLike | null} */
export declare function vrmOf(root: any): VrmLike | null;
