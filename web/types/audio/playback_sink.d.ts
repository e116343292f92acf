/**
 * Plays PCM gaplessly through an AudioContext as it arrives. When it runs dry it counts the underrun and goes
 * on as soon as there is more; the clock stands still in the gap, because nothing is heard.
 */
export declare class PlaybackSink {
    #private;
    forwardOnly: boolean;
    underruns: number;
    /**
     * @param {import("./audio_output.js").AudioOutput} output
     * @param {() => void} onLocked the browser wants a gesture first
     * @param {number} [sampleRate] of the PCM, Hertz; else {@link setSampleRate} says it before the first of it
     */
    constructor(output: import("./audio_output.js").AudioOutput, onLocked: () => void, sampleRate?: number);
    /** @param {number} sampleRate Hertz */
    setSampleRate(sampleRate: number): void;
    get rate(): number;
    start(): void;
    /** @param {Float32Array[]} planes one array a channel */
    write(planes: Float32Array[]): void;
    /** @param {number} duration seconds in all */
    finish(duration: number): void;
    stop(): void;
    /** @param {number} now ms */
    time(now: number): number;
    /** @param {number} now ms */
    deviceTime(now: number): number;
    /** @param {number} now ms */
    isOver(now: number): boolean;
}
