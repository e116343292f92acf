/**
 * The marks of an utterance by time: each is a viseme that lasts until the next. They may come in any order, and
 * are read at any instant without allocating.
 */
export declare class VisemeMarks {
    #private;
    /** How many marks are kept. */
    get count(): number;
    /** When the last sound ends, as far as is known. */
    get end(): number;
    /**
     * @param {number} time seconds of the utterance
     * @param {number} id Azure viseme, 0–21
     * @returns {number} its index; −1: it is none, or known already, and is left out
     */
    add(time: number, id: number): number;
    /**
     * No more marks are to be waited for.
     * @param {number} duration seconds of the utterance
     */
    finish(duration: number): void;
    /**
     * Forgets the marks before the one that lasts at a time, and before the one that leads to it.
     * @param {number} time seconds
     */
    trim(time: number): void;
    /**
     * Seconds of marks beyond an instant, in the sense of {@link import("../frame_track.js").FrameTrack#ahead}.
     * @param {number} time seconds
     */
    ahead(time: number): number;
    /**
     * @param {number} i mark; before the first and after the last there is silence
     * @returns {number} its viseme
     */
    idOf(i: number): number;
    /**
     * @param {number} i mark; also one before the first and after the last
     * @returns {number} seconds
     */
    startOf(i: number): number;
    /**
     * The last mark that is not after a time, −1 if there is none.
     * @param {number} time seconds
     */
    find(time: number): number;
}
