import { A2FError } from "../errors.js";
import { Uplink } from "./uplink.js";
export type Words = {
    text?: string;
    ssml?: string;
    voice?: string;
};
/** @typedef {{text?: string, ssml?: string, voice?: string}} Words */
/**
 * Lets the server speak: sound, visemes and words come down beside the frames. What was heard cannot be spoken
 * again, so a connection that breaks ends the sound where it stands.
 */
export declare class SpeakUplink extends Uplink {
    #private;
    /**
     * @param {import("./connection.js").Connection} connection
     * @param {import("../types.js").Platform} platform
     * @param {() => Record<string, any>} settings
     * @param {import("../speech/speech.js").Speech} speech
     * @param {Words} words
     */
    constructor(connection: import("./connection.js").Connection, platform: import("../types.js").Platform, settings: () => Record<string, any>, speech: import("../speech/speech.js").Speech, words: Words);
    /**
     * The server lets its own sentences wait for each other.
     * @override @protected
     * @param {() => void} action
     */
    protected whenAllowed(action: () => void): void;
    /** @override @protected */
    protected begin(): void;
    /**
     * @override
     * @param {any} message
     */
    onStarted(message: any): void;
    /** @param {import("./wire.js").AudioBlock} block */
    onAudio({ samples }: import("./wire.js").AudioBlock): void;
    /** @param {{time: number, id: number}} message */
    onViseme({ time, id }: {
        time: number;
        id: number;
    }): void;
    /** @param {{time: number, duration: number, text: string}} message */
    onWord({ time, duration, text }: {
        time: number;
        duration: number;
        text: string;
    }): void;
    /**
     * @override
     * @param {any} message
     * @param {import("./segment.js").Segment} segment
     */
    onEnd(message: any, segment: import("./segment.js").Segment): void;
    /**
     * @override
     * @param {any} message
     * @param {import("./segment.js").Segment} segment
     */
    onError(message: any, segment: import("./segment.js").Segment): void;
    /**
     * @override @protected
     * @param {A2FError} error
     */
    protected fail(error: A2FError): void;
    /**
     * @override @protected
     * @param {string} reason
     */
    protected trouble(reason: string): void;
}
