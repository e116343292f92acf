/** The mouth from the envelope of the sound: what is left when no server answers. */
export declare class Loudness {
    #private;
    rank: "loudness";
    /** @param {number} sampleRate Hertz */
    constructor(sampleRate: number);
    /** Seconds of quiet at the end of what was heard so far. */
    get quiet(): number;
    /** @param {readonly Float32Array[]} planes one array a channel, values of −1 to 1 */
    push(planes: readonly Float32Array[]): void;
    finish(): void;
    /** @param {number} time seconds */
    trim(time: number): void;
    /** @param {number} time seconds */
    ahead(time: number): number;
    /**
     * @param {number} time seconds
     * @param {Float32Array} out 52 weights
     */
    sample(time: number, out: Float32Array): void;
}
