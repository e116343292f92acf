/**
 * Decodes an audio file with the browser's own decoders, mixed to one channel.
 * @param {import("../types.js").Platform} platform
 * @param {Uint8Array} bytes
 * @returns {Promise<{sampleRate: number, samples: Float32Array}>}
 */
export declare function decodeFile(platform: import("../types.js").Platform, bytes: Uint8Array): Promise<{
    sampleRate: number;
    samples: Float32Array;
}>;
/**
 * A WAV file, for servers that are asked over HTTP.
 * @param {Uint8Array} pcm
 * @param {import("./pcm.js").PcmFormat} format
 */
export declare function wavOf(pcm: Uint8Array, { encoding, sampleRate, channels, sampleBytes, blockBytes, secondBytes }: import("./pcm.js").PcmFormat): Uint8Array<ArrayBuffer>;
