import { VisemeSource } from "../visemes/source.js";
export type UtteranceHooks = {
    emit: (event: keyof import("../types.js").Events, payload: any) => void;
    /**
     * it may begin, or it is over
     */
    onChange: (speech: Utterance) => void;
    /**
     * ms
     */
    now: () => number;
};
export type UtteranceRecorder = {
    take: import("../types.js").Take;
    addAudio: (planes: Float32Array[]) => void;
    onViseme: (viseme: {
        time: number;
        id: number;
    }) => void;
    onWord: (word: {
        time: number;
        duration: number;
        text: string;
    }) => void;
    /**
     * seconds
     */
    recordUntil: (time: number) => void;
    /**
     * seconds
     */
    finish: (duration: number) => void;
};
export type A2FError = import("../errors.js").A2FError;
export type UtteranceUplink = {
    open: () => void;
    close: (newest: boolean) => void;
    setEmotions: (emotions: Record<string, number>) => void;
    serverUtterance: import("../connection/server_utterance.js").ServerUtterance | null;
};
/**
 * @typedef {object} UtteranceHooks
 * @property {(event: keyof import("../types.js").Events, payload: any) => void} emit
 * @property {(speech: Utterance) => void} onChange it may begin, or it is over
 * @property {() => number} now ms
 *
 * @typedef {object} UtteranceRecorder Records the utterance as a take.
 * @property {import("../types.js").Take} take
 * @property {(planes: Float32Array[]) => void} addAudio
 * @property {(viseme: {time: number, id: number}) => void} onViseme
 * @property {(word: {time: number, duration: number, text: string}) => void} onWord
 * @property {(time: number) => void} recordUntil seconds
 * @property {(duration: number) => void} finish seconds
 *
 * @typedef {import("../errors.js").A2FError} A2FError
 * @typedef {object} UtteranceUplink What brings it to the server.
 * @property {() => void} open
 * @property {(newest: boolean) => void} close
 * @property {(emotions: Record<string, number>) => void} setEmotions
 * @property {import("../connection/server_utterance.js").ServerUtterance | null} serverUtterance
 */
/**
 * One utterance inside the client: its sound, what is known of the face, and where both stand. It implements
 * what an uplink reports to, and hands the ladder its sources.
 */
export declare class Utterance {
    #private;
    id: number;
    sink: import("../types.js").AudioSink;
    /** @type {Promise<import("../types.js").Outcome>} */
    done: Promise<import("../types.js").Outcome>;
    /** @type {import("../types.js").Source[]} best first */
    sources: import("../types.js").Source[];
    visemes: VisemeSource;
    /** @type {import("../audio/loudness.js").Loudness | null} */
    loudness: import("../audio/loudness.js").Loudness | null;
    /** @type {UtteranceUplink | null} */
    uplink: UtteranceUplink | null;
    /** Where it is to be kept. @type {UtteranceRecorder | null} */
    recorder: UtteranceRecorder | null;
    /** No more PCM will be written. */
    inputEnded: boolean;
    playing: boolean;
    /** There is sound to hear. */
    audible: boolean;
    /** Nothing is worth waiting for any more: it may begin when it is its turn. */
    ready: boolean;
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
    rankMs: {
        neutral: number;
        loudness: number;
        viseme: number;
        server: number;
    };
    /**
     * @param {number} id
     * @param {import("../types.js").AudioSink} sink
     * @param {UtteranceHooks} hooks
     */
    constructor(id: number, sink: import("../types.js").AudioSink, hooks: UtteranceHooks);
    /** @param {UtteranceUplink} uplink */
    send(uplink: UtteranceUplink): void;
    /** @param {import("../audio/loudness.js").Loudness} loudness */
    setLoudness(loudness: import("../audio/loudness.js").Loudness): void;
    /** There is sound, so from now on waiting is felt. */
    markAudible(): void;
    markReady(): void;
    /** @param {number} sampleRate of what the server will say, Hertz */
    onAudioFormat(sampleRate: number): void;
    /** More of the sound. @param {Float32Array[]} planes one array a channel */
    addAudio(planes: Float32Array[]): void;
    /** @param {number} duration seconds of sound in all */
    finishAudio(duration: number): void;
    /** Nothing of it will be heard. @param {A2FError} error */
    abort(error: A2FError): void;
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
    play(): void;
    /** @param {number} now ms */
    isOver(now: number): boolean;
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
    updateTake(): void;
    /** An endless utterance forgets its past, where nobody can seek back to it. */
    trim(): void;
    position(): number;
    trailingSilence(): number;
    /**
     * @param {number} fps
     * @param {number} lookahead seconds
     */
    onStarted(fps: number, lookahead: number): void;
    /** @param {number} frame */
    onSplice(frame: number): void;
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
    onInterruption(reason: string): void;
    /** @param {A2FError} error */
    onFailure(error: A2FError): void;
}
