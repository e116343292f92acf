/** What each Oculus viseme is in the 52 ARKit shapes; silence is none of them. @type {Record<string, Float32Array>} */
export declare const VISEME_FACES: Record<string, Float32Array>;
/**
 * The ARKit shapes that a channel of a bound face shows.
 * @param {number} channel
 * @returns {number[]} indices
 */
export declare function arkitShapesOf(channel: number): number[];
/** The mouth of the 52 shapes as a mixture of visemes, for avatars that have nothing else. */
export declare class VisemeFit {
    #private;
    /** A mixture of all that have a likeness; lips that meet are PP. */
    static ofAll(): VisemeFit;
    /** A mixture of the vowels, for {@link vowelIndex}; lips that meet are none of them. */
    static ofVowels(): VisemeFit;
    /**
     * @param {readonly string[]} names
     * @param {(name: string) => number} channelOf
     */
    constructor(names: readonly string[], channelOf: (name: string) => number);
    /** @param {Float32Array} face of which it reads the 52 shapes and writes its visemes, all 0–1, at most 1 in all */
    write(face: Float32Array): void;
}
