import { TakeAudio } from "./take_audio.js";
/** Faces a second that are kept: twice what servers send, so that fades and visemes keep their form. */
export declare const TAKE_RATE = 60;
export type Rank = import("../types.js").Rank;
export type TakeFrames = {
    fps: number;
    count: number;
    /**
     * count × 52, in the order of BLENDSHAPES
     */
    weights: Float32Array;
    /**
     * what each frame comes from
     */
    ranks: Rank[];
};
/**
 * @typedef {import("../types.js").Rank} Rank
 * @typedef {object} TakeFrames
 * @property {number} fps
 * @property {number} count
 * @property {Float32Array} weights count × 52, in the order of BLENDSHAPES
 * @property {Rank[]} ranks what each frame comes from
 */
/**
 * One utterance as it can be kept: what was heard, and the face of each instant, whatever rank it came from.
 * It does not depend on the display's rate. Made by a client with `keepTake`; grows while it is spoken.
 */
export declare class Take {
    #private;
    id: number;
    sound: TakeAudio;
    /** As the voice told them. @type {{time: number, id: number}[]} seconds, Azure viseme */
    visemes: {
        time: number;
        id: number;
    }[];
    /** @type {{time: number, duration: number, text: string}[]} seconds */
    words: {
        time: number;
        duration: number;
        text: string;
    }[];
    /** Where each rank begins, in seconds. @type {{time: number, rank: Rank}[]} */
    ranks: {
        time: number;
        rank: Rank;
    }[];
    /** It has ended, so nothing is added any more. */
    complete: boolean;
    /** It was cut short. */
    cancelled: boolean;
    /** Seconds that it will have, once that is known; before, 0. */
    expected: number;
    /**
     * @param {number} id of the utterance
     * @param {(face: Float32Array) => void} present makes of a face, in place, the one that is shown: intensity and the like
     */
    constructor(id: number, present: (face: Float32Array) => void);
    /** Seconds: of the sound so far, or of all of it once it is complete. */
    get duration(): number;
    /** Up to where the face is known, in seconds. */
    get known(): number;
    /**
     * The next face; one every 1 / TAKE_RATE seconds.
     * @param {Float32Array} face a whole one, as the ladder gives it
     * @param {Rank} rank
     */
    add(face: Float32Array, rank: Rank): void;
    /** @param {number} duration seconds */
    finish(duration: number): void;
    /**
     * The rank in use at an instant.
     * @param {number} time seconds
     * @returns {Rank}
     */
    rankAt(time: number): Rank;
    /**
     * The face at an instant, as it is shown with today's intensity and expression.
     * @param {number} time seconds
     * @param {Float32Array} out the 52 of ARKit, or a whole face
     */
    faceAt(time: number, out: Float32Array): void;
    /**
     * How many frames the animation has at a rate.
     * @param {number} [fps] 1–120
     */
    count(fps?: number): number;
    /**
     * The animation at a rate: frame i is the face at i / fps seconds, with today's intensity and expression.
     * @param {number} [fps] 1–120
     * @returns {TakeFrames}
     */
    frames(fps?: number): TakeFrames;
    /** A CSV as Live Link Face records it. @param {number} [fps] @returns {string} */
    csv(fps?: number): string;
    /** What `POST /v1/animate` answers. @param {number} [fps] @returns {string} JSON */
    json(fps?: number): string;
    /** The sound as a WAV file, one channel, 16 bits. @returns {Blob} */
    wav(): Blob;
    /** The take as the ladder wants it. @returns {import("../types.js").Source} */
    source(): import("../types.js").Source;
}
