/** A stream of PCM that is heard and shown while it is written. Made by `client.start()`. */
export declare class PcmStream {
    #private;
    /**
     * @param {import("./utterance.js").Utterance} utterance
     * @param {import("../audio/pcm.js").PcmFormat} format
     * @param {{write: (bytes: Uint8Array) => void, end: () => void}} uplink
     * @param {() => void} cancel
     */
    constructor(utterance: import("./utterance.js").Utterance, format: import("../audio/pcm.js").PcmFormat, uplink: {
        write: (bytes: Uint8Array) => void;
        end: () => void;
    }, cancel: () => void);
    get id(): number;
    /** Resolves when it has been heard, or was cancelled. @returns {Promise<import("../types.js").Outcome>} */
    get done(): Promise<import("../types.js").Outcome>;
    /** What carried most of it so far. @returns {import("../types.js").Rank} */
    get rank(): import("../types.js").Rank;
    /** No more can be written. */
    get ended(): boolean;
    /**
     * Takes PCM of any length and returns at once, whatever the server does.
     * @param {Int16Array | Float32Array | ArrayBuffer | Uint8Array} pcm channels interleaved; bytes are in the
     *   encoding of `start` and may end within a sample
     */
    write(pcm: Int16Array | Float32Array | ArrayBuffer | Uint8Array): void;
    /** No more PCM will come. */
    end(): void;
    /** Stops sound and face at once. */
    cancel(): void;
    /**
     * Visemes of a speech service, for when the server's frames fail.
     * @param {number} time seconds
     * @param {number} id Azure viseme, 0–21
     */
    addViseme(time: number, id: number): void;
    /**
     * A word of a speech service, for whoever listens to `word`.
     * @param {number} time seconds
     * @param {number} duration seconds
     * @param {string} text
     */
    addWord(time: number, duration: number, text: string): void;
}
