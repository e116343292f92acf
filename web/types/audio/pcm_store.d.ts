/** The bytes of a stream that may still be needed, addressed by their position from its beginning. */
export declare class PcmStore {
    #private;
    /** @param {number} pieceBytes how much is handed out at once */
    constructor(pieceBytes: number);
    /** Bytes that were pushed in all. */
    get end(): number;
    /** @param {Uint8Array} bytes */
    push(bytes: Uint8Array): void;
    /**
     * What follows a position, up to the end of its piece; null at the end of the stream.
     * @param {number} position
     */
    from(position: number): Uint8Array<ArrayBufferLike> | null;
    /**
     * Forgets whole pieces before a position.
     * @param {number} position
     */
    trim(position: number): void;
}
