/** @typedef {import("./connection.js").Connection} Connection */
export type Connection = import("./connection.js").Connection;
/**
 * One utterance on the wire. What a user calls an utterance may take several: after a broken connection, and
 * when a microphone outlasts the server's limit. `first` says where its frame 0 lies on the whole timeline.
 */
export declare class ServerUtterance {
    #private;
    first: number;
    id: number;
    /** No more audio may be sent. */
    ended: boolean;
    /** The server has answered everything, or given up. */
    done: boolean;
    /**
     * @param {Connection} connection which is ready
     * @param {number} first frame of the timeline at which it starts
     * @param {ServerUtteranceListener} listener
     */
    constructor(connection: Connection, first: number, listener: ServerUtteranceListener);
    /** @param {Record<string, any>} fields of `start`, or of `speak` with that `type` */
    start(fields: Record<string, any>): void;
    /** @param {Uint8Array} bytes */
    sendAudio(bytes: Uint8Array): void;
    end(): void;
    /** Wants no more of it. `cancel` drops whatever is open, so it is only said while nothing newer is. */
    abandon(newest?: boolean): void;
    /** @param {import("./protocol.js").FrameBlock} block */
    onFrames(block: import("./protocol.js").FrameBlock): void;
    /** @param {import("./protocol.js").AudioBlock} block */
    onAudio(block: import("./protocol.js").AudioBlock): void;
    /** @param {any} message */
    onMessage(message: any): void;
}
export type ServerUtteranceListener = {
    onStarted: (message: any, serverUtterance: ServerUtterance) => void;
    onFrames: (first: number, block: import("./protocol.js").FrameBlock, serverUtterance: ServerUtterance) => void;
    onEnd: (message: any, serverUtterance: ServerUtterance) => void;
    onError: (message: any, serverUtterance: ServerUtterance) => void;
    /**
     * where the server speaks
     */
    onAudio?: (block: import("./protocol.js").AudioBlock) => void;
    onViseme?: (message: any) => void;
    onWord?: (message: any) => void;
};
/**
 * @typedef {object} ServerUtteranceListener
 * @property {(message: any, serverUtterance: ServerUtterance) => void} onStarted
 * @property {(first: number, block: import("./protocol.js").FrameBlock, serverUtterance: ServerUtterance) => void} onFrames
 * @property {(message: any, serverUtterance: ServerUtterance) => void} onEnd
 * @property {(message: any, serverUtterance: ServerUtterance) => void} onError
 * @property {(block: import("./protocol.js").AudioBlock) => void} [onAudio] where the server speaks
 * @property {(message: any) => void} [onViseme]
 * @property {(message: any) => void} [onWord]
 */
