export type Take = import("./take.js").Take;
export type BakeMesh = {
    node: number;
    name: string;
    geometry: import("../types.js").MorphMesh["geometry"];
    morphTargetDictionary: Record<string, number>;
    morphTargetInfluences: number[];
};
/**
 * @typedef {import("./take.js").Take} Take
 * @typedef {object} BakeMesh A node with morph targets, as the client's binding sees it.
 * @property {number} node
 * @property {string} name
 * @property {import("../types.js").MorphMesh["geometry"]} geometry
 * @property {Record<string, number>} morphTargetDictionary
 * @property {number[]} morphTargetInfluences
 */
/**
 * Puts a take into the avatar's own GLB, as an animation of the morph targets that the client would move. Meshes,
 * textures and compression stay as they are, byte for byte.
 * @param {Take} take
 * @param {ArrayBuffer | Uint8Array} glb the avatar's file
 * @param {{fps?: number, map?: import("../types.js").MorphMap, name?: string}} [options] fps: keys a second; map: as
 *   in `initializeWithScene`; name: of the animation
 * @returns {Uint8Array<ArrayBuffer>} a GLB
 */
export declare function bakeTake(take: Take, glb: ArrayBuffer | Uint8Array, { fps, map, name }?: {
    fps?: number;
    map?: import("../types.js").MorphMap;
    name?: string;
}): Uint8Array<ArrayBuffer>;
