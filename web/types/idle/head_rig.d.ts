import { BoneRotation } from "../avatar/bone_rotation.js";
export type Vector = import("../avatar/bone_rotation.js").Vector;
export type Axes = {
    left: Vector;
    up: Vector;
    front: Vector;
};
/**
 * What of an avatar life moves: the head and, where there are such, the neck and the chest; and where its eyes are.
 * The character's axes are those of the avatar as it stands when it is bound: its left is where its left eye (or arm)
 * is, its up is the root's. Where it has no size then, they are read once it has.
 */
export declare class HeadRig {
    #private;
    /** @type {BoneRotation | null} */
    head: BoneRotation | null;
    /** @type {BoneRotation | null} */
    neck: BoneRotation | null;
    /** @type {BoneRotation | null} */
    chest: BoneRotation | null;
    /** @param {unknown} target what was given to `initializeWithScene` */
    constructor(target: unknown);
    /**
     * Where a point lies for the head as it is turned now.
     * @param {ArrayLike<number>} matrixWorld of an object at the point: 16 numbers, by columns
     * @param {Float64Array} out how far to the left of the eyes, above, and in front of them
     * @returns {boolean} whether there is a head that sees, and something to see
     */
    locate(matrixWorld: ArrayLike<number>, out: Float64Array): boolean;
    /** Every bone goes back to where the app has it. */
    release(): void;
}
