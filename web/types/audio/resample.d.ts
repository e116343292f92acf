/**
 * Changes the sample rate of a stream, piece by piece without seams, by cubic interpolation. It is meant for
 * speech on its way to a loudspeaker or a recogniser, where its images lie far below what is heard.
 */
export declare class Resampler {
    #private;
    /**
     * @param {number} from Hertz
     * @param {number} to Hertz
     */
    constructor(from: number, to: number);
    /**
     * @param {Float32Array} input
     * @returns {Float32Array}
     */
    process(input: Float32Array): Float32Array;
}
