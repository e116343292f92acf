import { A2FError } from "../errors.js";
export type ConnectionHooks = {
    onState: (state: import("../types.js").ConnectionState) => void;
    /**
     * of the connection itself
     */
    onError: (error: A2FError) => void;
};
export type MessageListener = {
    onMessage: (message: any) => void;
    onFrames: (block: import("./protocol.js").FrameBlock) => void;
    onAudio: (block: import("./protocol.js").AudioBlock) => void;
};
/**
 * @typedef {object} ConnectionHooks
 * @property {(state: import("../types.js").ConnectionState) => void} onState
 * @property {(error: A2FError) => void} onError of the connection itself
 *
 * @typedef {object} MessageListener What a segment gives the connection.
 * @property {(message: any) => void} onMessage
 * @property {(block: import("./protocol.js").FrameBlock) => void} onFrames
 * @property {(block: import("./protocol.js").AudioBlock) => void} onAudio
 */
/**
 * One WebSocket to one server, kept open between utterances and opened again when it breaks. Messages go to
 * the segment that they name; those of segments that are gone are dropped.
 */
export declare class Connection {
    #private;
    /** The server's `ready`. @type {any} */
    ready: any;
    /** For each column of a frame our index. @type {Int16Array | null} */
    columns: Int16Array | null;
    /** @type {import("../types.js").ConnectionState} */
    state: import("../types.js").ConnectionState;
    /** Why there is no connection; null while there is one. @type {A2FError | null} */
    failure: A2FError | null;
    /** Called with true when the server is ready, false when it is gone. @type {Set<(up: boolean) => void>} */
    watchers: Set<(up: boolean) => void>;
    /**
     * @param {import("../types.js").Platform} platform
     * @param {() => import("../types.js").Settings} settings
     * @param {ConnectionHooks} hooks
     */
    constructor(platform: import("../types.js").Platform, settings: () => import("../types.js").Settings, hooks: ConnectionHooks);
    /** Sees to it that there is a connection, or that one is being tried; who asks does not wait for the next retry. */
    connect(): void;
    /**
     * @param {MessageListener} listener
     * @param {boolean} speaks whether the server speaks it
     * @returns {number} the utterance's id on the wire, larger than any before
     */
    register(listener: MessageListener, speaks: boolean): number;
    /** @param {number} id */
    unregister(id: number): void;
    /** @param {() => void} action is called as soon as the server does not speak; never, if it is lost before */
    afterServerSpeech(action: () => void): void;
    /** @param {Record<string, any> | Uint8Array<ArrayBuffer>} message JSON, or audio */
    send(message: Record<string, any> | Uint8Array<ArrayBuffer>): void;
    /**
     * Goes to another server behind the same address, where a proxy may choose a better one.
     * @returns {boolean} false: utterances are open here, or there is no connection to leave
     */
    switchServer(): boolean;
    /** Leaves the server; `connect` comes back, to where the settings then say. */
    close(state?: import("../types.js").ConnectionState): void;
}
