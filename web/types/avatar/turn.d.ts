/**
 * @typedef {import("../types.js").BoneLike} BoneLike
 * @typedef {[number, number, number]} Vector
 */
export type BoneLike = import("../types.js").BoneLike;
export type Vector = [number, number, number];
/**
 * Turns a bone about the character's own axes, from wherever the app's animation holds it: when somebody else has
 * moved it since the last turn, that is its rest from then on.
 */
export declare class Turn {
    #private;
    /**
     * @param {BoneLike} bone
     * @param {Vector} left the character's left, in the world
     * @param {Vector} up
     */
    constructor(bone: BoneLike, left: Vector, up: Vector);
    /**
     * @param {number} pitch radians about the character's left: forward goes down
     * @param {number} [yaw] radians about its up: forward goes left
     * @param {number} [roll] radians about its front: the crown goes right
     */
    to(pitch: number, yaw?: number, roll?: number): void;
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
export type Quaternion = {
    x: number;
    y: number;
    z: number;
    w: number;
};
