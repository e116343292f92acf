/** Random numbers that follow from a seed alone (mulberry32 of Tommy Ettinger, public domain). */
export declare class SeededRandom {
    #private;
    /** @param {number} seed uint32 */
    constructor(seed: number);
    /** 0–1, never 1. */
    next(): number;
    /**
     * @param {number} low
     * @param {number} high
     */
    between(low: number, high: number): number;
    /** @param {number} share how often it is true, 0–1 */
    chance(share: number): boolean;
    /** Normally distributed, mean 0, deviation 1 (Box and Muller). */
    normal(): number;
}
