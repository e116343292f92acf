/** Nobody keeps lips closed longer: a longer span hides sounds that were not told, after a share of this time. */
export declare const LONGEST_CLOSURE_S = 0.25;
export declare const HIDES_AFTER = 0.65;
/**
 * What no neighbour can open, 0–1: lips that meet and how firmly they are pressed, the lip at the teeth, silence.
 */
export declare class VisemeGates {
    #private;
    seal: number;
    bite: number;
    rest: number;
    press: number;
    /** @param {import("./marks.js").VisemeMarks} marks */
    constructor(marks: import("./marks.js").VisemeMarks);
    /**
     * Leaves only the rest before the first mark and after the end.
     * @param {number} time seconds
     */
    clear(time: number): void;
    /**
     * A run of silences is one.
     * @param {number} i mark of a silence
     * @param {number} time seconds
     */
    addSilence(i: number, time: number): void;
    /**
     * A closure, and the run of the same closures that begins with it.
     * @param {number} i its mark
     * @param {number} end seconds
     * @param {number} time
     */
    addClosure(i: number, end: number, time: number): void;
}
/** @param {number} id @returns {boolean} whether it is lips that meet, or the lip at the teeth */
export declare function closes(id: number): boolean;
