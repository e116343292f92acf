/** The head is never quite still: sums of slow waves, the slower the larger, in degrees. */
export declare class Sway {
    #private;
    /** @param {import("./random.js").SeededRandom} chance */
    constructor(chance: import("./random.js").SeededRandom);
    /**
     * @param {number} elapsed seconds
     * @param {boolean} speaking
     */
    update(elapsed: number, speaking: boolean): void;
    /**
     * @param {number} axis 0 yaw, 1 pitch, 2 roll
     * @param {number} time seconds
     */
    angle(axis: number, time: number): number;
}
