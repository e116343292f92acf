import { Take } from "./take.js";
/**
 * Writes an utterance down as it is heard: a ladder of its own climbs the same sources, at steps that do not
 * depend on the display.
 */
export declare class TakeRecorder {
    #private;
    take: Take;
    /**
     * @param {import("../utterance/utterance.js").Utterance} utterance
     * @param {() => {smoothing: number, lipSync?: "server" | "viseme"}} settings
     * @param {(face: Float32Array) => void} present see {@link Take}
     */
    constructor(utterance: import("../utterance/utterance.js").Utterance, settings: () => {
        smoothing: number;
        lipSync?: "server" | "viseme";
    }, present: (face: Float32Array) => void);
    /** @param {Float32Array[]} planes one array a channel */
    addAudio(planes: Float32Array[]): void;
    /** @param {{time: number, id: number}} viseme */
    onViseme(viseme: {
        time: number;
        id: number;
    }): void;
    /** @param {{time: number, duration: number, text: string}} word */
    onWord(word: {
        time: number;
        duration: number;
        text: string;
    }): void;
    /**
     * The sound has come to an instant. Once nothing better can come, the rest follows bit by bit.
     * @param {number} heard seconds
     */
    recordUntil(heard: number): void;
    /** The utterance is over. @param {number} duration seconds of it */
    finish(duration: number): void;
}
