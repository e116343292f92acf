/**
 * Sound that is heard the moment it arrives: a microphone, a remote track. Frames can only come later, so the
 * face follows at a distance that adapts to what the server and the network need.
 */
export declare class LiveSink {
    #private;
    startsImmediately: boolean;
    forwardOnly: boolean;
    /** @param {number} sampleRate Hertz */
    constructor(sampleRate: number);
    /** Seconds by which the face follows the sound. */
    get delay(): number;
    get rate(): number;
    start(): void;
    stop(): void;
    /** @param {Float32Array[]} planes */
    write(planes: Float32Array[]): void;
    /** @param {number} duration seconds in all */
    finish(duration: number): void;
    /** @param {number} lookahead of the server, seconds */
    expectLookahead(lookahead: number): void;
    /**
     * The newest frame, just before the next ones replaced it, was this far behind the sound.
     * @param {number} newest seconds of the utterance
     * @param {number} now ms
     */
    observeFrames(newest: number, now: number): void;
    /** @param {number} now ms */
    time(now: number): number;
    /** @param {number} now ms */
    deviceTime(now: number): number;
    /** @param {number} now ms */
    isOver(now: number): boolean;
}
