export type Part = "head" | "neck" | "chest" | "leftEye" | "rightEye" | "eyes" | "leftArm" | "rightArm";
export type Found = Partial<Record<Part, any>> & {
    root?: any;
};
/** @typedef {"head" | "neck" | "chest" | "leftEye" | "rightEye" | "eyes" | "leftArm" | "rightArm"} Part */
/** @typedef {Partial<Record<Part, any>> & {root?: any}} Found nodes of the scene */
/**
 * The nodes of an avatar that life knows by their names; of a three-vrm VRM its humanoid's.
 * @param {unknown} target a scene, a mesh, a VRM, or an array of such
 * @returns {Found}
 */
export declare function bonesOf(target: unknown): Found;
