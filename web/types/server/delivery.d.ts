import { PcmFormat } from "../sound/pcm.js";
export type Speech = import("../speech/speech.js").Speech;
/** @typedef {import("../speech/speech.js").Speech} Speech */
/** Chooses how an utterance reaches the server, and what to do where the server cannot read it. */
export declare class Delivery {
    #private;
    /**
     * @param {import("./connection.js").Connection} connection
     * @param {import("../types.js").Platform} platform
     * @param {() => import("../types.js").Settings} settings
     */
    constructor(connection: import("./connection.js").Connection, platform: import("../types.js").Platform, settings: () => import("../types.js").Settings);
    /**
     * @param {Speech} speech
     * @param {Uint8Array} bytes of an audio file
     * @param {string} type its media type, "" if unknown
     */
    file(speech: Speech, bytes: Uint8Array, type: string): void;
    /**
     * @param {Speech} speech
     * @param {PcmFormat} format
     * @returns {{write: (bytes: Uint8Array) => void, end: () => void}}
     */
    stream(speech: Speech, format: PcmFormat): {
        write: (bytes: Uint8Array) => void;
        end: () => void;
    };
    /**
     * Always over the WebSocket: nobody wants to wait for a whole sentence.
     * @param {Speech} speech
     * @param {import("./speak_uplink.js").Words} words
     */
    speak(speech: Speech, words: import("./speak_uplink.js").Words): void;
}
