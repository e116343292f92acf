export type PcmEncoding = "pcm_s16le" | "pcm_f32le";
/** @typedef {"pcm_s16le" | "pcm_f32le"} PcmEncoding */
/** What `start` says about its sound. */
export declare class PcmFormat {
    sampleRate: number;
    channels: number;
    encoding: PcmEncoding;
    sampleBytes: number;
    /** Bytes of one instant, all channels. */
    blockBytes: number;
    /**
     * @param {{sampleRate: number, channels?: number, encoding?: string}} options sampleRate in Hertz, 8000–48000
     */
    constructor({ sampleRate, channels, encoding }: {
        sampleRate: number;
        channels?: number;
        encoding?: string;
    });
    get secondBytes(): number;
}
/** Turns what is written into the bytes of the wire and into planes of floats for playing and measuring. */
export declare class PcmReader {
    #private;
    /** @param {PcmFormat} format */
    constructor(format: PcmFormat);
    /** Bytes of an instant that is not complete yet. */
    get pending(): number;
    /**
     * @param {Int16Array | Float32Array | ArrayBuffer | Uint8Array} data channels interleaved; bytes are in the
     *   format's encoding and may end within a sample. The data is copied: the caller may reuse its buffer.
     * @returns {{bytes: Uint8Array, planes: Float32Array[]}} whole instants only
     */
    read(data: Int16Array | Float32Array | ArrayBuffer | Uint8Array): {
        bytes: Uint8Array;
        planes: Float32Array[];
    };
}
/**
 * @param {Int16Array} samples
 * @returns {Float32Array}
 */
export declare function toFloat(samples: Int16Array): Float32Array;
/** @param {Float32Array} samples */
export declare function toInt16(samples: Float32Array): Int16Array<ArrayBuffer>;
