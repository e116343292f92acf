export type IdleContext = {
    /**
     * that is heard
     */
    utterance: import("../utterance/utterance.js").Utterance | null;
    /**
     * its heard instant, seconds
     */
    time: number;
    /**
     * somebody is about to speak
     */
    awaited: boolean;
    /**
     * the server's frames move eyes, lids and brows
     */
    serverLeads: boolean;
};
/**
 * @typedef {object} IdleContext What life is told about a tick.
 * @property {import("../utterance/utterance.js").Utterance | null} utterance that is heard
 * @property {number} time its heard instant, seconds
 * @property {boolean} awaited somebody is about to speak
 * @property {boolean} serverLeads the server's frames move eyes, lids and brows
 */
/**
 * What a face does without being told: it blinks, breathes, looks about and at the camera, is never quite still, and
 * nods with what it stresses. Everything follows from the seed, the clock and what is said; nothing moves where the
 * visitor asked for less motion.
 */
export declare class IdleAnimation {
    #private;
    /**
     * @param {{matchMedia?: typeof matchMedia}} platform
     * @param {number} seed uint32
     * @param {() => void} [onWake] there is something to show again
     */
    constructor(platform: {
        matchMedia?: typeof matchMedia;
    }, seed: number, onWake?: () => void);
    /** Whether it moves anything, or is about to. */
    get active(): boolean;
    /** @param {import("../types.js").Settings["life"]} setting */
    configure(setting: import("../types.js").Settings["life"]): void;
    /** @param {unknown} target what the client is given to move */
    bind(target: unknown): void;
    /**
     * @param {number} now ms
     * @param {IdleContext} context
     */
    update(now: number, context: IdleContext): void;
    /**
     * Puts lids, gaze and brows on a face, and the lids of a face that the server leads it learns from.
     * @param {Float32Array} face whose first 52 are ARKit's, 0–1
     */
    apply(face: Float32Array): void;
    /** Everything stands still, at once and for good. */
    dispose(): void;
}
