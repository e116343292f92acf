export type Mind = "listening" | "speaking" | "thinking";
/** @typedef {"listening" | "speaking" | "thinking"} Mind what one does who is looked at */
/** Where the eyes go by themselves, in degrees from whatever they look at. */
export declare class Saccades {
    #private;
    /** To the character's left, and up. */
    left: number;
    up: number;
    /** When the last gaze shift began, seconds. */
    shiftedAt: number;
    /** @param {import("./chance.js").Chance} chance */
    constructor(chance: import("./chance.js").Chance);
    /**
     * @param {number} time seconds of a clock that never goes back
     * @param {Mind} mind
     */
    step(time: number, mind: Mind): void;
}
