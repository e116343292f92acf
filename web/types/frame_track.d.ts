/**
 * Frames on a clock: frame i is the face at i / fps seconds. Grows at one end, may be trimmed at the other
 * (a microphone never ends), and is read at any instant without allocating.
 */
export declare class FrameTrack {
    #private;
    fps: number;
    /**
     * @param {number} fps frames per second
     * @param {number} [width] weights a frame
     */
    constructor(fps: number, width?: number);
    /** One more than the index of the last frame. */
    get end(): number;
    /** No more frames will come. */
    finish(): void;
    /** More frames will come after all (the server starts over). */
    reopen(): void;
    /**
     * Seconds of frames beyond an instant: negative when they are late, Infinity when nothing is missing,
     * −Infinity when there is nothing at all.
     * @param {number} time seconds
     */
    ahead(time: number): number;
    /**
     * Writes frames; a gap before them is bridged in a straight line.
     * @param {number} first index of the first frame
     * @param {ArrayLike<number>} values frames × columns
     * @param {ArrayLike<number> | null} [columns] for each column of `values` the one here, −1 to skip it
     * @param {number} [scale] multiplies each value
     */
    put(first: number, values: ArrayLike<number>, columns?: ArrayLike<number> | null, scale?: number): void;
    /**
     * The segment that starts at this frame continues another: its first frames are drawn to what is there.
     * @param {number} frame
     */
    splice(frame: number): void;
    /**
     * The face at an instant. The kernel is a hat around it: at smoothing 0 it is as wide as linear
     * interpolation needs; wider, it averages symmetrically, so it adds no lag at any display rate.
     * @param {number} time seconds
     * @param {Float32Array} out one frame
     * @param {number} [smoothing] 0–1
     */
    sample(time: number, out: Float32Array, smoothing?: number): void;
    /**
     * Forgets what lies before an instant.
     * @param {number} time seconds
     */
    trim(time: number): void;
}
