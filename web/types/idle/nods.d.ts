/**
 * Nods on the stressed syllables of what is heard. The sound is known ahead of the ear (DOWN_S and half the window),
 * so the head arrives with the syllable; sound that is not known ahead, as a microphone's, is not nodded to.
 */
export declare class Nods {
    #private;
    /** Degrees down. */
    angle: number;
    /** How stressed the present is, 0–1. */
    stress: number;
    /**
     * @param {{loudness: import("../audio/loudness.js").Loudness | null} | null} utterance what is heard
     * @param {number} time seconds of it
     * @param {number} elapsed seconds since the last step
     */
    update(utterance: {
        loudness: import("../audio/loudness.js").Loudness | null;
    } | null, time: number, elapsed: number): void;
}
