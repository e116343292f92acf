/** When the lids close, and how far they are closed. Times are seconds of one clock that never goes back. */
export declare class Blink {
    #private;
    /** @param {import("./random.js").SeededRandom} chance */
    constructor(chance: import("./random.js").SeededRandom);
    /**
     * @param {number} time
     * @param {boolean} held the lids are somebody else's: no blink begins
     */
    update(time: number, held: boolean): void;
    /** Somebody else closed the lids just now. @param {number} time */
    sawBlink(time: number): void;
    /**
     * A blink at a good moment, unless there was one.
     * @param {number} time of its start
     */
    request(time: number): void;
    /** How far the lids are closed. @param {number} time */
    lid(time: number): number;
}
