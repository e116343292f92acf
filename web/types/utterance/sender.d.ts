import { PcmFormat } from "../audio/pcm.js";
export type Utterance = import("./utterance.js").Utterance;
/** @typedef {import("./utterance.js").Utterance} Utterance */
/** Chooses how an utterance reaches the server, and what to do where the server cannot read it. */
export declare class UtteranceSender {
    #private;
    /**
     * @param {import("../connection/connection.js").Connection} connection
     * @param {import("../types.js").Platform} platform
     * @param {() => import("../types.js").Settings} settings
     */
    constructor(connection: import("../connection/connection.js").Connection, platform: import("../types.js").Platform, settings: () => import("../types.js").Settings);
    /**
     * @param {Utterance} utterance
     * @param {Uint8Array} bytes of an audio file
     * @param {string} type its media type, "" if unknown
     */
    sendFile(utterance: Utterance, bytes: Uint8Array, type: string): void;
    /**
     * @param {Utterance} utterance
     * @param {PcmFormat} format
     * @returns {{write: (bytes: Uint8Array) => void, end: () => void}}
     */
    openStream(utterance: Utterance, format: PcmFormat): {
        write: (bytes: Uint8Array) => void;
        end: () => void;
    };
    /**
     * Always over the WebSocket: nobody wants to wait for a whole sentence.
     * @param {Utterance} utterance
     * @param {import("../connection/speak_uplink.js").SpeakText} words
     */
    sendText(utterance: Utterance, words: import("../connection/speak_uplink.js").SpeakText): void;
}
