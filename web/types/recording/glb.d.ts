export type GlbChunk = {
    type: number;
    bytes: Uint8Array;
};
/** @typedef {{type: number, bytes: Uint8Array}} GlbChunk */
/** A binary glTF file: its document, its binary chunk, and whatever else there is. */
export declare class Glb {
    #private;
    /** @type {any} */
    document: any;
    /** @param {ArrayBuffer | Uint8Array} bytes the file */
    constructor(bytes: ArrayBuffer | Uint8Array);
    /**
     * Adds numbers at the end of the binary chunk; what was there stays as it is.
     * @param {Float32Array} values
     * @param {{min?: number[], max?: number[]}} [bounds]
     * @returns {number} the index of an accessor of scalars
     */
    addScalars(values: Float32Array, bounds?: {
        min?: number[];
        max?: number[];
    }): number;
    /** @returns {Uint8Array<ArrayBuffer>} the file */
    bytes(): Uint8Array<ArrayBuffer>;
}
