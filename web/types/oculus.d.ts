/**
 * A face inside the client is 52 ARKit shapes followed by the 15 visemes of Oculus, each 0–1. Sources that only
 * know ARKit have the second half derived from the first.
 */
/** @type {readonly string[]} */
export declare const OCULUS: readonly string[];
/** Weights of a whole face: ARKit, then Oculus. */
export declare const FACE_WIDTH: number;
export type Term = {
    shape: number;
    gain: number;
};
/** @typedef {{shape: number, gain: number}} Term one channel's share in a target; shape: its index in a whole face */
/**
 * @param {Record<string, number>} shares ARKit name → gain
 * @returns {Term[]}
 */
export declare function mix(shares: Record<string, number>): Term[];
export declare const OPEN: Term[];
export declare const ROUND: Term[];
export declare const TIGHT: Term[];
export declare const SPREAD: Term[];
/**
 * The index of a viseme in a whole face.
 * @param {string} name
 */
export declare function oculusIndex(name: string): number;
/**
 * The ARKit shapes that a channel of a whole face shows.
 * @param {number} channel
 * @returns {number[]} indices
 */
export declare function arkitOf(channel: number): number[];
/**
 * Writes the visemes that follow from the ARKit shapes.
 * @param {Float32Array} face a whole one
 */
export declare function deriveOculus(face: Float32Array): void;
