/**
 * Chooses, at each tick, the best source that has data for the heard instant, and crossfades when the choice
 * changes, so that one value a shape goes out and never jumps.
 */
export declare class Ladder {
    #private;
    /** The face now. */
    weights: Float32Array<ArrayBuffer>;
    /** @returns {import("./types.js").Rank} */
    get rank(): import("./types.js").Rank;
    /** Nothing is shown and nothing moves. */
    get settled(): boolean;
    /**
     * @param {readonly import("./types.js").Source[] | null} sources best first; null: back to neutral
     * @param {number} time the heard instant, seconds of the utterance
     * @param {number} now ms
     * @param {number} smoothing 0–1
     * @returns {boolean} whether the rank changed
     */
    step(sources: readonly import("./types.js").Source[] | null, time: number, now: number, smoothing: number): boolean;
    /** Neutral, at once. */
    reset(): void;
}
