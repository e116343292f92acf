/** Weighted sums of a face's channels, in typed arrays, so that a tick allocates nothing. */
export declare class ChannelMixer {
    #private;
    /** One a row, 0–1. */
    values: Float32Array<ArrayBuffer>;
    /** @param {readonly (readonly import("../oculus.js").Term[])[]} rows */
    constructor(rows: readonly (readonly import("../oculus.js").Term[])[]);
    /** @param {Float32Array} face a bound one */
    mix(face: Float32Array): void;
}
