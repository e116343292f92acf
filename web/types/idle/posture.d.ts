/** How head, neck and chest are held. */
export declare class Posture {
    #private;
    /** Degrees that the head is turned to its left, and down, by all that is turned here. */
    yaw: number;
    pitch: number;
    /** @param {() => import("./random.js").SeededRandom} chance a new one at each call */
    constructor(chance: () => import("./random.js").SeededRandom);
    /** How stressed is what is said now, 0–1. */
    get stress(): number;
    /**
     * @param {number} at seconds of life's clock
     * @param {number} elapsed seconds
     * @param {import("./idle_animation.js").IdleContext} moment
     */
    update(at: number, elapsed: number, { utterance, time, awaited }: import("./idle_animation.js").IdleContext): void;
    /**
     * @param {import("./head_rig.js").HeadRig} body
     * @param {number} at seconds of life's clock
     * @param {number} gain 0–1
     */
    apply({ head, neck, chest }: import("./head_rig.js").HeadRig, at: number, gain: number): void;
}
