/** How head, neck and chest are held. */
export declare class Posture {
    #private;
    /** Degrees that the head is turned to its left, and down, by all that is turned here. */
    yaw: number;
    pitch: number;
    /** @param {() => import("./chance.js").Chance} chance a new one at each call */
    constructor(chance: () => import("./chance.js").Chance);
    /** How stressed is what is said now, 0–1. */
    get stress(): number;
    /**
     * @param {number} at seconds of life's clock
     * @param {number} elapsed seconds
     * @param {import("./life.js").Moment} moment
     */
    step(at: number, elapsed: number, { speech, time, awaited }: import("./life.js").Moment): void;
    /**
     * @param {import("./body.js").Body} body
     * @param {number} at seconds of life's clock
     * @param {number} gain 0–1
     */
    hold({ head, neck, chest }: import("./body.js").Body, at: number, gain: number): void;
}
