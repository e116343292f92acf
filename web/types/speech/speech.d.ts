import { Visemes } from "../visemes/visemes.js";
export type SpeechHooks = {
    emit: (event: keyof import("../types.js").Events, payload: any) => void;
    /**
     * it may begin, or it is over
     */
    onChange: (speech: Speech) => void;
    /**
     * ms
     */
    now: () => number;
};
export type A2FError = import("../errors.js").A2FError;
export type Uplinked = {
    open: () => void;
    close: (newest: boolean) => void;
    feel: (emotions: Record<string, number>) => void;
    segment: import("../server/segment.js").Segment | null;
};
/**
 * @typedef {object} SpeechHooks
 * @property {(event: keyof import("../types.js").Events, payload: any) => void} emit
 * @property {(speech: Speech) => void} onChange it may begin, or it is over
 * @property {() => number} now ms
 *
 * @typedef {import("../errors.js").A2FError} A2FError
 * @typedef {object} Uplinked What brings it to the server.
 * @property {() => void} open
 * @property {(newest: boolean) => void} close
 * @property {(emotions: Record<string, number>) => void} feel
 * @property {import("../server/segment.js").Segment | null} segment
 */
/**
 * One utterance inside the client: its sound, what is known of the face, and where both stand. It implements
 * what an uplink reports to, and hands the ladder its sources.
 */
export declare class Speech {
    #private;
    id: number;
    voice: import("../types.js").Voice;
    /** @type {Promise<import("../types.js").Outcome>} */
    done: Promise<import("../types.js").Outcome>;
    /** @type {import("../types.js").Source[]} best first */
    sources: import("../types.js").Source[];
    visemes: Visemes;
    /** @type {import("../sound/loudness.js").Loudness | null} */
    loudness: import("../sound/loudness.js").Loudness | null;
    /** @type {Uplinked | null} */
    uplink: Uplinked | null;
    /** Where it is to be kept. @type {import("../take/recorder.js").TakeRecorder | null} */
    recorder: import("../take/recorder.js").TakeRecorder | null;
    /** No more PCM will be written. */
    inputEnded: boolean;
    begun: boolean;
    /** There is sound to hear. */
    audible: boolean;
    /** Nothing is worth waiting for any more: it may begin when it is its turn. */
    prepared: boolean;
    cancelled: boolean;
    duration: number;
    /** Why there are no server frames just now. */
    reason: string;
    counters: {
        frames: number;
        lateFrames: number;
        firstFrameMs: number | null;
    };
    /** Milliseconds that each rank carried. */
    carried: {
        neutral: number;
        loudness: number;
        viseme: number;
        server: number;
    };
    /**
     * @param {number} id
     * @param {import("../types.js").Voice} voice
     * @param {SpeechHooks} hooks
     */
    constructor(id: number, voice: import("../types.js").Voice, hooks: SpeechHooks);
    /** @param {Uplinked} uplink */
    send(uplink: Uplinked): void;
    /** @param {import("../sound/loudness.js").Loudness} loudness */
    measureWith(loudness: import("../sound/loudness.js").Loudness): void;
    /** There is sound, so from now on waiting is felt. */
    sound(): void;
    prepare(): void;
    /** @param {number} sampleRate of what the server will say, Hertz */
    onVoice(sampleRate: number): void;
    /** More of the sound. @param {Float32Array[]} planes one array a channel */
    hear(planes: Float32Array[]): void;
    /** @param {number} duration seconds of sound in all */
    finishSound(duration: number): void;
    /** Nothing of it will be heard. @param {A2FError} error */
    giveUp(error: A2FError): void;
    /**
     * @param {number} time seconds
     * @param {number} id Azure viseme, 0–21
     */
    onViseme(time: number, id: number): void;
    /**
     * @param {number} time seconds
     * @param {number} duration seconds
     * @param {string} text
     */
    onWord(time: number, duration: number, text: string): void;
    begin(): void;
    /** @param {number} now ms */
    over(now: number): boolean;
    /** @returns {import("../types.js").Rank} that carried most of it */
    get rank(): import("../types.js").Rank;
    /** @param {boolean} newest whether no later utterance has been sent */
    close(newest: boolean): void;
    /**
     * It cannot be heard, or not be read.
     * @param {A2FError} error
     */
    fail(error: A2FError): void;
    /** Writes down what has been heard. */
    note(): void;
    /** An endless utterance forgets its past, where nobody can seek back to it. */
    trim(): void;
    heard(): number;
    quiet(): number;
    /**
     * @param {number} fps
     * @param {number} lookahead seconds
     */
    onStarted(fps: number, lookahead: number): void;
    /** @param {number} frame */
    onSeam(frame: number): void;
    /**
     * @param {number} first
     * @param {ArrayLike<number>} values
     * @param {ArrayLike<number>} columns
     * @param {number} scale
     */
    onFrames(first: number, values: ArrayLike<number>, columns: ArrayLike<number>, scale: number): void;
    /** @param {number} duration seconds of the last segment */
    onEnd(duration: number): void;
    /** @param {string} reason */
    onTrouble(reason: string): void;
    /** @param {A2FError} error */
    onFailure(error: A2FError): void;
}
