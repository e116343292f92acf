import { PcmFormat } from "../audio/pcm.js";
/**
 * The PCM format of a stream that is read through a context.
 * @param {number} contextRate Hertz
 */
export declare function captureFormat(contextRate: number): PcmFormat;
/** A microphone or a remote track that the face follows. Made by `client.listen()`. */
export declare class LiveSession {
    #private;
    /** Resolves when sound is being read; rejects with `microphone_failed`. @type {Promise<void>} */
    ready: Promise<void>;
    /**
     * @param {MediaStream} stream
     * @param {{context: AudioContext, platform: import("../types.js").Platform}} host
     * @param {import("./pcm_stream.js").PcmStream} pcm
     * @param {import("../audio/live_sink.js").LiveSink} sink
     */
    constructor(stream: MediaStream, { context, platform }: {
        context: AudioContext;
        platform: import("../types.js").Platform;
    }, pcm: import("./pcm_stream.js").PcmStream, sink: import("../audio/live_sink.js").LiveSink);
    get id(): number;
    /** Seconds by which the face follows the sound just now. */
    get delay(): number;
    /** What carried most of it so far. @returns {import("../types.js").Rank} */
    get rank(): import("../types.js").Rank;
    /** Resolves when the face has shown everything. @returns {Promise<import("../types.js").Outcome>} */
    get done(): Promise<import("../types.js").Outcome>;
    /** Stops reading; the stream's tracks stay the app's. */
    stop(): void;
    /** Stops reading, and the face at once. */
    cancel(): void;
}
/**
 * @param {unknown} stream
 * @returns {asserts stream is MediaStream}
 */
export declare function requireStream(stream: unknown): asserts stream is MediaStream;
