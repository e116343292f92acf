/** The sound of a MediaStream as mono PCM, at the context's rate. */
export declare class Capture {
    #private;
    /**
     * @param {AudioContext} context
     * @param {import("../types.js").Platform} platform
     * @param {(samples: Float32Array) => void} onSamples
     */
    constructor(context: AudioContext, platform: import("../types.js").Platform, onSamples: (samples: Float32Array) => void);
    /** @param {MediaStream} stream */
    start(stream: MediaStream): Promise<void>;
    stop(): void;
}
