export type FrameBlock = {
    utterance: number;
    /**
     * index of the first frame; frame i shows the face at i / fps seconds
     */
    first: number;
    fps: number;
    count: number;
    /**
     * count × columns weights
     */
    values: ArrayLike<number>;
    /**
     * what a value is multiplied by to give a weight of 0–1
     */
    scale: number;
};
export type AudioBlock = {
    utterance: number;
    /**
     * Hertz
     */
    sampleRate: number;
    /**
     * mono, −1 to 1
     */
    samples: Float32Array;
};
/**
 * @typedef {object} FrameBlock Consecutive frames of one utterance.
 * @property {number} utterance
 * @property {number} first index of the first frame; frame i shows the face at i / fps seconds
 * @property {number} fps
 * @property {number} count
 * @property {ArrayLike<number>} values count × columns weights
 * @property {number} scale what a value is multiplied by to give a weight of 0–1
 */
/**
 * @typedef {object} AudioBlock Sound that the server speaks.
 * @property {number} utterance
 * @property {number} sampleRate Hertz
 * @property {Float32Array} samples mono, −1 to 1
 */
/**
 * Reads a binary message; null when it is not a block of frames (another kind, a newer version).
 * @param {ArrayBuffer} buffer
 * @returns {FrameBlock | null}
 */
export declare function decodeFrames(buffer: ArrayBuffer): FrameBlock | null;
/**
 * Reads a binary message; null when it is not sound.
 * @param {ArrayBuffer} buffer at least a header
 * @returns {AudioBlock | null}
 */
export declare function decodeAudio(buffer: ArrayBuffer): AudioBlock | null;
/**
 * For each column of the server's frames the index in our order, or −1 for a shape we do not know.
 * @param {readonly string[]} names as `ready.blendshapes` lists them
 * @returns {Int16Array}
 */
export declare function columnsOf(names: readonly string[]): Int16Array;
/**
 * Browsers cannot set headers on a WebSocket, so the token travels as a subprotocol.
 * @param {string | null | undefined} token
 * @returns {string[]}
 */
export declare function subprotocols(token: string | null | undefined): string[];
