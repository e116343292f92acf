/** The mouth from the envelope of the sound: what is left when no server answers. */
export declare class Loudness {
    #private;
    rank: "loudness";
    /** @param {number} sampleRate Hertz */
    constructor(sampleRate: number);
    /** Of the sound that it measures, Hertz. */
    get sampleRate(): number;
    /** Seconds of quiet at the end of what was heard so far. */
    get trailingSilence(): number;
    /** @param {readonly Float32Array[]} planes one array a channel, values of −1 to 1 */
    push(planes: readonly Float32Array[]): void;
    finish(): void;
    /** @param {number} time seconds */
    trim(time: number): void;
    /** @param {number} time seconds */
    ahead(time: number): number;
    /**
     * How loud the voice is, for motion that follows it, so averaged over some 150 ms.
     * @param {number} time seconds
     * @returns {number} 0–1; negative where it is not known
     */
    level(time: number): number;
    /**
     * @param {number} time seconds
     * @param {Float32Array} out at least the 52 weights; more is left alone
     */
    sample(time: number, out: Float32Array): void;
}
