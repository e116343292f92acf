import { Loudness } from "../audio/loudness.js";
/** The sound of a take: one channel of 16 bits, and its peaks. */
export declare class TakeAudio {
    #private;
    /** Hertz; 0 until it is known. */
    sampleRate: number;
    /** How many samples there are. */
    length: number;
    /** Seconds. */
    get duration(): number;
    /** @param {readonly Float32Array[]} planes one array a channel, values of −1 to 1 */
    push(planes: readonly Float32Array[]): void;
    /** Cuts what lies behind an instant. @param {number} duration seconds */
    cut(duration: number): void;
    /** @returns {Int16Array} all of it */
    samples(): Int16Array;
    /**
     * The largest value between two instants.
     * @param {number} from seconds
     * @param {number} to seconds
     * @returns {number} 0–1
     */
    peak(from: number, to: number): number;
    /** How loud it is, for what moves with the voice. */
    loudness(): Loudness;
    /** A WAV file. @returns {Uint8Array<ArrayBuffer>} */
    wav(): Uint8Array<ArrayBuffer>;
}
