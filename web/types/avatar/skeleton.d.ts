export type BoneLike = import("../types.js").BoneLike;
export type Pair = import("./sides.js").Pair;
export type Vector = import("./bone_rotation.js").Vector;
/** Opens the mouth of an avatar whose jaw is a bone. */
export declare class JawBone {
    #private;
    /** @param {BoneLike} bone @param {readonly Pair[]} pairs */
    constructor(bone: BoneLike, pairs: readonly Pair[]);
    /** @param {Float32Array} face */
    write(face: Float32Array): void;
    release(): void;
}
/** Lets both eyes of a skeleton look where the shapes say. */
export declare class EyeBones {
    #private;
    /** @param {Pair} eyes @param {readonly Pair[]} pairs */
    constructor(eyes: Pair, pairs: readonly Pair[]);
    /** @param {Float32Array} face */
    write(face: Float32Array): void;
    release(): void;
}
/** @param {readonly BoneLike[]} bones @returns {BoneLike | undefined} */
export declare function jawOf(bones: readonly BoneLike[]): BoneLike | undefined;
