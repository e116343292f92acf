/** Waits that double from one failure to the next, spread so that many clients do not return together. */
export declare class Backoff {
    #private;
    /**
     * @param {number} first ms
     * @param {number} longest ms
     * @param {() => number} random 0–1
     */
    constructor(first: number, longest: number, random: () => number);
    /** @returns {number} ms to wait now */
    next(): number;
    reset(): void;
}
