export type BodyPart = "head" | "neck" | "chest" | "eyes";
export type Pair = import("../avatar/sides.js").Pair;
export type Anatomy = Partial<Record<BodyPart, any>> & {
    root?: any;
    pairs: Pair[];
    eyePair?: Pair;
};
/**
 * @typedef {"head" | "neck" | "chest" | "eyes"} BodyPart
 * @typedef {import("../avatar/sides.js").Pair} Pair
 * @typedef {Partial<Record<BodyPart, any>> & {root?: any, pairs: Pair[], eyePair?: Pair}} Anatomy nodes of the scene;
 *   what is left and right of it, and which of that are eyes
 */
/**
 * The nodes of an avatar that life knows by their names; of a three-vrm VRM its humanoid's.
 * @param {unknown} target a scene, a mesh, a VRM, or an array of such
 * @returns {Anatomy}
 */
export declare function anatomyOf(target: unknown): Anatomy;
