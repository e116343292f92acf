/** A smooth step from 0 to 1. @param {number} share is held to 0–1 */
export declare function smooth(share: number): number;
/**
 * What is left of a difference after some time, whatever the number of ticks in between.
 * @param {number} elapsed seconds
 * @param {number} tau seconds in which it falls to 1/e
 */
export declare function decay(elapsed: number, tau: number): number;
/**
 * @param {number} value
 * @param {number} most
 */
export declare function within(value: number, most: number): number;
