/** The head is never quite still: sums of slow waves, the slower the larger, in degrees. */
export declare class Sway {
    #private;
    /** @param {import("./chance.js").Chance} chance */
    constructor(chance: import("./chance.js").Chance);
    /**
     * @param {number} elapsed seconds
     * @param {boolean} speaking
     */
    step(elapsed: number, speaking: boolean): void;
    /**
     * @param {number} axis 0 yaw, 1 pitch, 2 roll
     * @param {number} time seconds
     */
    angle(axis: number, time: number): number;
}
