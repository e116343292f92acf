/** @typedef {import("./connection.js").Connection} Connection */
export type Connection = import("./connection.js").Connection;
/**
 * One utterance on the wire. What a user calls an utterance may take several: after a broken connection, and
 * when a microphone outlasts the server's limit. `first` says where its frame 0 lies on the whole timeline.
 */
export declare class Segment {
    #private;
    first: number;
    id: number;
    /** No more audio may be sent. */
    ended: boolean;
    /** The server has answered everything, or given up. */
    over: boolean;
    /**
     * @param {Connection} connection which is ready
     * @param {number} first frame of the timeline at which it starts
     * @param {SegmentFeed} feed
     */
    constructor(connection: Connection, first: number, feed: SegmentFeed);
    /** @param {Record<string, any>} fields of `start`, or of `speak` with that `type` */
    start(fields: Record<string, any>): void;
    /** @param {Uint8Array} bytes */
    audio(bytes: Uint8Array): void;
    end(): void;
    /** Wants no more of it. `cancel` drops whatever is open, so it is only said while nothing newer is. */
    abandon(newest?: boolean): void;
    /** @param {import("./wire.js").FrameBlock} block */
    onFrames(block: import("./wire.js").FrameBlock): void;
    /** @param {import("./wire.js").AudioBlock} block */
    onAudio(block: import("./wire.js").AudioBlock): void;
    /** @param {any} message */
    onMessage(message: any): void;
}
export type SegmentFeed = {
    onStarted: (message: any, segment: Segment) => void;
    onFrames: (first: number, block: import("./wire.js").FrameBlock, segment: Segment) => void;
    onEnd: (message: any, segment: Segment) => void;
    onError: (message: any, segment: Segment) => void;
    /**
     * where the server speaks
     */
    onAudio?: (block: import("./wire.js").AudioBlock) => void;
    onViseme?: (message: any) => void;
    onWord?: (message: any) => void;
};
/**
 * @typedef {object} SegmentFeed
 * @property {(message: any, segment: Segment) => void} onStarted
 * @property {(first: number, block: import("./wire.js").FrameBlock, segment: Segment) => void} onFrames
 * @property {(message: any, segment: Segment) => void} onEnd
 * @property {(message: any, segment: Segment) => void} onError
 * @property {(block: import("./wire.js").AudioBlock) => void} [onAudio] where the server speaks
 * @property {(message: any) => void} [onViseme]
 * @property {(message: any) => void} [onWord]
 */
