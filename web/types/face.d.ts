import { Ladder } from "./ladder.js";
export type Speech = import("./speech.js").Speech;
/** @typedef {import("./speech.js").Speech} Speech */
/**
 * What is shown: at each render tick it asks the clock, the ladder, and writes the bound meshes. Between
 * utterances, once it is back at neutral, it writes nothing, so the app may move the morphs itself.
 */
export declare class Face {
    #private;
    ladder: Ladder;
    /** The 52 of ARKit, as they are shown. */
    weights: Float32Array<ArrayBuffer>;
    /** Seconds of the utterance that the shown face belongs to. */
    time: number;
    /** Ticks a second, averaged. */
    fps: number;
    /** @type {import("./binding.js").Binding | null} */
    binding: import("./binding.js").Binding | null;
    /** @param {(event: keyof import("./types.js").Events, payload: any) => void} emit */
    constructor(emit: (event: keyof import("./types.js").Events, payload: any) => void);
    /** Nothing is to be shown until somebody speaks. */
    get settled(): boolean;
    /**
     * @param {Speech | null} speech whose sound has begun
     * @param {number} now ms
     * @param {{intensity: number, smoothing: number, lipSync?: "server" | "viseme"}} settings
     */
    tick(speech: Speech | null, now: number, { intensity, smoothing, lipSync }: {
        intensity: number;
        smoothing: number;
        lipSync?: "server" | "viseme";
    }): void;
    /** Neutral, at once. */
    reset(): void;
}
