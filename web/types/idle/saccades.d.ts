export type GazeMode = "listening" | "speaking" | "thinking";
/** @typedef {"listening" | "speaking" | "thinking"} GazeMode what one does who is looked at */
/** Where the eyes go by themselves, in degrees from whatever they look at. */
export declare class Saccades {
    #private;
    /** To the character's left, and up. */
    left: number;
    up: number;
    /** When the last gaze shift began, seconds. */
    shiftedAt: number;
    /** @param {import("./random.js").SeededRandom} chance */
    constructor(chance: import("./random.js").SeededRandom);
    /**
     * @param {number} time seconds of a clock that never goes back
     * @param {GazeMode} mind
     */
    update(time: number, mind: GazeMode): void;
}
