import { A2FError } from "../errors.js";
import { Uplink } from "./uplink.js";
export type SpeakText = {
    text?: string;
    ssml?: string;
    voice?: string;
};
export type SpeechListener = {
    /**
     * sample rate of the audio that follows, Hertz
     */
    onAudioFormat: (sampleRate: number) => void;
    addAudio: (planes: Float32Array[]) => void;
    /**
     * seconds of audio in total
     */
    finishAudio: (duration: number) => void;
    onViseme: (time: number, id: number) => void;
    onWord: (time: number, duration: number, text: string) => void;
    /**
     * nothing was played and nothing will be
     */
    abort: (error: A2FError) => void;
};
/**
 * @typedef {{text?: string, ssml?: string, voice?: string}} SpeakText
 *
 * @typedef {object} SpeechListener Receives what comes with speech from the server, besides frames.
 * @property {(sampleRate: number) => void} onAudioFormat sample rate of the audio that follows, Hertz
 * @property {(planes: Float32Array[]) => void} addAudio
 * @property {(duration: number) => void} finishAudio seconds of audio in total
 * @property {(time: number, id: number) => void} onViseme
 * @property {(time: number, duration: number, text: string) => void} onWord
 * @property {(error: A2FError) => void} abort nothing was played and nothing will be
 */
/**
 * Lets the server speak: sound, visemes and words come down beside the frames. What was heard cannot be spoken
 * again, so a connection that breaks ends the sound where it stands.
 */
export declare class SpeakUplink extends Uplink {
    #private;
    /**
     * @param {import("./connection.js").Connection} connection
     * @param {import("../types.js").Platform} platform
     * @param {() => Record<string, any>} startFields
     * @param {import("./uplink.js").UplinkListener & SpeechListener} utterance
     * @param {SpeakText} text
     */
    constructor(connection: import("./connection.js").Connection, platform: import("../types.js").Platform, startFields: () => Record<string, any>, utterance: import("./uplink.js").UplinkListener & SpeechListener, text: SpeakText);
    /**
     * The server lets its own sentences wait for each other.
     * @override @protected
     * @param {() => void} action
     */
    protected whenAllowed(action: () => void): void;
    /** @override @protected */
    protected startSending(): void;
    /**
     * @override
     * @param {any} message
     */
    onStarted(message: any): void;
    /** @param {import("./protocol.js").AudioBlock} block */
    onAudio({ samples }: import("./protocol.js").AudioBlock): void;
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
     * @param {import("./server_utterance.js").ServerUtterance} serverUtterance
     */
    onEnd(message: any, serverUtterance: import("./server_utterance.js").ServerUtterance): void;
    /**
     * @override
     * @param {any} message
     * @param {import("./server_utterance.js").ServerUtterance} serverUtterance
     */
    onError(message: any, serverUtterance: import("./server_utterance.js").ServerUtterance): void;
    /**
     * @override @protected
     * @param {A2FError} error
     */
    protected fail(error: A2FError): void;
    /**
     * @override @protected
     * @param {string} reason
     */
    protected interrupt(reason: string): void;
}
