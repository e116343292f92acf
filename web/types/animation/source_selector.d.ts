export type SelectionOptions = {
    /**
     * neutral is to be reached at once: somebody was interrupted
     */
    quickRelease?: boolean;
    /**
     * "viseme": the server's frames move eyes and brows only
     */
    lipSync?: "server" | "viseme";
};
export type Source = import("../types.js").Source;
/**
 * Chooses, at each tick, the best source that has data for the heard instant. When the choice changes, what
 * the face is off the new source's is carried along and fades: the face moves with the new source from the first tick,
 * never jumps, and nothing is asked of a source that has run dry.
 */
export declare class SourceSelector {
    #private;
    /** The face now, a whole one. */
    weights: Float32Array<ArrayBuffer>;
    /** @returns {import("../types.js").Rank} */
    get rank(): import("../types.js").Rank;
    /** Whether the server's frames move eyes, lids and brows. */
    get serverLeads(): boolean;
    /** Nothing is shown and nothing moves. */
    get settled(): boolean;
    /**
     * @param {readonly Source[] | null} sources best first; null: back to neutral
     * @param {number} time the heard instant, seconds of the utterance
     * @param {number} now ms
     * @param {number} smoothing 0–1
     * @param {SelectionOptions} [options]
     * @returns {boolean} whether the rank changed
     */
    select(sources: readonly Source[] | null, time: number, now: number, smoothing: number, { quickRelease, lipSync }?: SelectionOptions): boolean;
    /** Neutral, at once. */
    reset(): void;
}
