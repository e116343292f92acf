export type BoneLike = import("../types.js").BoneLike;
export type Quaternion = import("./bone_pose.js").Quaternion;
export type Vector = [number, number, number];
/**
 * @typedef {import("../types.js").BoneLike} BoneLike
 * @typedef {import("./bone_pose.js").Quaternion} Quaternion
 * @typedef {[number, number, number]} Vector
 */
/** Turns a bone about the character's own axes. */
export declare class BoneRotation {
    #private;
    /**
     * @param {BoneLike} bone
     * @param {() => {left: Vector, up: Vector} | null} world the character's axes in the world; null while nothing has a
     *   size
     */
    constructor(bone: BoneLike, world: () => {
        left: Vector;
        up: Vector;
    } | null);
    /**
     * @param {number} pitch radians about the character's left: forward goes down
     * @param {number} [yaw] radians about its up: forward goes left
     * @param {number} [roll] radians about its front: the crown goes right
     */
    set(pitch: number, yaw?: number, roll?: number): void;
    /** Back to its rest, unless somebody else has moved it. */
    release(): void;
}
/**
 * @param {number[]} vector
 * @returns {Vector}
 */
export declare function normal([x, y, z]: number[]): Vector;
/**
 * @param {Vector} a
 * @param {Vector} b
 * @returns {Vector}
 */
export declare function cross([ax, ay, az]: Vector, [bx, by, bz]: Vector): Vector;
