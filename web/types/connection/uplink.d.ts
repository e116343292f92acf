import { A2FError } from "../errors.js";
import { ServerUtterance } from "./server_utterance.js";
/** The first wait after `busy`; it doubles. */
export declare const FIRST_RETRY_MS = 500;
export declare const LONGEST_RETRY_MS = 10000;
export type UplinkListener = {
    onStarted: (fps: number, lookahead: number) => void;
    onFrames: (first: number, values: ArrayLike<number>, columns: ArrayLike<number>, scale: number) => void;
    /**
     * a new segment starts at this frame
     */
    onSplice: (frame: number) => void;
    /**
     * all frames are there; seconds of the last segment
     */
    onEnd: (duration: number) => void;
    /**
     * there will be no frames for a while
     */
    onInterruption: (reason: string) => void;
    /**
     * there will be no frames any more
     */
    onFailure: (error: A2FError) => void;
    /**
     * seconds
     */
    position: () => number;
    /**
     * seconds of quiet at the end of what was written
     */
    trailingSilence: () => number;
};
/**
 * @typedef {object} UplinkListener What an uplink tells the utterance.
 * @property {(fps: number, lookahead: number) => void} onStarted
 * @property {(first: number, values: ArrayLike<number>, columns: ArrayLike<number>, scale: number) => void} onFrames
 * @property {(frame: number) => void} onSplice a new segment starts at this frame
 * @property {(duration: number) => void} onEnd all frames are there; seconds of the last segment
 * @property {(reason: string) => void} onInterruption there will be no frames for a while
 * @property {(error: A2FError) => void} onFailure there will be no frames any more
 * @property {() => number} position seconds
 * @property {() => number} trailingSilence seconds of quiet at the end of what was written
 */
/**
 * Brings an utterance to the server and keeps at it: over broken connections and busy servers. What is sent,
 * and from where it starts over, is for the subclasses to say.
 */
export declare class Uplink {
    #private;
    /** @type {ServerUtterance | null} */
    serverUtterance: ServerUtterance | null;
    /** @protected */
    protected connection: import("./connection.js").Connection;
    /** @protected */
    protected startFields: () => Record<string, any>;
    /** @protected */
    protected listener: UplinkListener;
    /** Frames a second; fixed by the first segment, so that later ones lie on the same timeline. @protected */
    protected fps: number;
    /**
     * @param {import("./connection.js").Connection} connection
     * @param {import("../types.js").Platform} platform
     * @param {() => Record<string, any>} startFields fields of `start`
     * @param {UplinkListener} listener
     */
    constructor(connection: import("./connection.js").Connection, platform: import("../types.js").Platform, startFields: () => Record<string, any>, listener: UplinkListener);
    open(): void;
    /**
     * Wants no more frames.
     * @param {boolean} newest whether no later utterance has been sent
     */
    close(newest: boolean): void;
    /** @param {Record<string, number>} emotions */
    setEmotions(emotions: Record<string, number>): void;
    /**
     * Sends everything from where the subclass wants to start.
     * @protected
     */
    protected startSending(): void;
    /**
     * @protected
     * @param {number} first frame of the timeline
     * @param {Record<string, any>} audio as `start` describes it
     */
    protected startUtterance(first: number, audio: Record<string, any>): ServerUtterance;
    /**
     * @protected
     * @param {number} first frame of the timeline
     * @param {Record<string, any>} fields of the message that opens it
     */
    protected openUtterance(first: number, fields: Record<string, any>): ServerUtterance;
    /** @param {any} message */
    onStarted({ fps, lookahead }: any): void;
    /**
     * @param {number} first
     * @param {import("./protocol.js").FrameBlock} block
     */
    onFrames(first: number, block: import("./protocol.js").FrameBlock): void;
    /**
     * @param {any} message
     * @param {ServerUtterance} serverUtterance
     */
    onEnd(message: any, serverUtterance: ServerUtterance): void;
    /**
     * @param {any} message
     * @param {ServerUtterance} serverUtterance
     */
    onError({ code, message, continues }: any, serverUtterance: ServerUtterance): void;
    /**
     * @protected
     * @param {A2FError} error
     */
    protected fail(error: A2FError): void;
    /**
     * There will be no frames for a while.
     * @protected
     * @param {string} reason
     */
    protected interrupt(reason: string): void;
    /**
     * A `start` behind a `speak` is refused, so it waits.
     * @protected
     * @param {() => void} action
     */
    protected whenAllowed(action: () => void): void;
}
