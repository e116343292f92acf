export type BoneLike = import("../types.js").BoneLike;
export type Vector = import("./turn.js").Vector;
/** Opens the mouth of an avatar whose jaw is a bone. */
export declare class JawBone {
    #private;
    /** @param {BoneLike} bone @param {Vector} left the character's left, in the world */
    constructor(bone: BoneLike, left: Vector);
    /** @param {Float32Array} face */
    write(face: Float32Array): void;
    release(): void;
}
/** Lets both eyes of a skeleton look where the shapes say. */
export declare class EyeBones {
    #private;
    /** @param {readonly BoneLike[]} bones @param {Vector} left */
    constructor(bones: readonly BoneLike[], left: Vector);
    /** @param {Float32Array} face */
    write(face: Float32Array): void;
    release(): void;
}
/** @param {readonly BoneLike[]} bones @returns {BoneLike | undefined} */
export declare function jawOf(bones: readonly BoneLike[]): BoneLike | undefined;
/** @param {readonly BoneLike[]} bones @returns {[BoneLike, BoneLike] | undefined} the left one first */
export declare function eyesOf(bones: readonly BoneLike[]): [BoneLike, BoneLike] | undefined;
/**
 * The character's left, from any two bones that are alike on both sides, so that neither the scene nor the skeleton
 * has to look along an agreed axis.
 * @param {readonly BoneLike[]} bones
 * @returns {Vector} of length 1, in the world
 */
export declare function leftOf(bones: readonly BoneLike[]): Vector;
