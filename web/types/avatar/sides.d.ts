export type Pair = [left: any, right: any];
export type Vector = import("./bone_rotation.js").Vector;
/**
 * @param {readonly any[]} nodes those that are worth more come first
 * @returns {Pair[]} eyes, then arms, whose sides are what they look like in most poses, then all others
 */
export declare function pairsOf(nodes: readonly any[]): Pair[];
/** @param {readonly Pair[]} pairs @returns {Pair | undefined} */
export declare const eyesOf: (pairs: readonly Pair[]) => Pair | undefined;
/**
 * The character's left, in the world as it is now.
 * @param {readonly Pair[]} pairs the first that is not in one place tells
 * @returns {Vector | null} of length 1
 */
export declare function leftOf(pairs: readonly Pair[]): Vector | null;
/** @param {any} node something with a `matrixWorld` */
export declare function placeOf(node: any): any[];
