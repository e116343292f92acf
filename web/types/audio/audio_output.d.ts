import { ContextClock } from "./clock.js";
/** The client's one AudioContext: made when first needed, resumed in a gesture, closed only if it is ours. */
export declare class AudioOutput {
    #private;
    /** @param {import("../types.js").Platform} platform */
    constructor(platform: import("../types.js").Platform);
    /** @param {AudioContext} context that the app owns */
    use(context: AudioContext): void;
    /** @returns {AudioContext} */
    get context(): AudioContext;
    /** The clock of what is heard of {@link context}; one for all, so that it has settled when it is needed. */
    get clock(): ContextClock;
    /**
     * Browsers let sound out only after a gesture; call this in one.
     * @returns {Promise<void>}
     */
    unlock(): Promise<void>;
    /** @param {() => void} retry is called in the next gesture */
    whenUnlocked(retry: () => void): void;
    /**
     * Tries to let sound out without a gesture, which a page that had one may do.
     * @param {() => void} onLocked it needs one
     */
    wake(onLocked: () => void): void;
    dispose(): void;
}
