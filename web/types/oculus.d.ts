/**
 * A face inside the client is 52 ARKit shapes followed by the 15 visemes of Oculus, each 0–1. Sources that only
 * know ARKit have the second half derived from the first (viseme_fit.js).
 */
/** @type {readonly string[]} */
export declare const OCULUS: readonly string[];
/** Weights of a whole face: ARKit, then Oculus. */
export declare const FACE_WIDTH: number;
/** The Oculus visemes that VRM and VRoid have too, where they are called aa, ih, ou, ee and oh. */
export declare const VOWELS: readonly string[];
/** A face as targets see it: a whole one, then its mouth as a mixture of the vowels alone. */
export declare const BOUND_WIDTH: number;
export type Term = {
    shape: number;
    gain: number;
};
/** @typedef {{shape: number, gain: number}} Term one channel's share in a target; shape: its index in a bound face */
/**
 * @param {Record<string, number>} shares ARKit name → gain
 * @returns {Term[]}
 */
export declare function arkitTerms(shares: Record<string, number>): Term[];
/**
 * The index of a viseme in a whole face.
 * @param {string} name
 */
export declare function oculusIndex(name: string): number;
/**
 * The index, in a bound face, of a vowel's share among the vowels.
 * @param {string} name its Oculus name
 */
export declare function vowelIndex(name: string): number;
