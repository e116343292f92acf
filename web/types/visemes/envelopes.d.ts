/** Envelopes: how much of something there is at a time, as a function of when it starts and ends. */
/** Seconds beyond which a sound has no hold on the face. */
export declare const REACH_S = 0.24;
/** @param {number} value */
export declare function clamp(value: number): number;
/**
 * How much of a silence there is.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} time
 */
export declare function silence(start: number, end: number, time: number): number;
/**
 * How much of a closure there is.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} before the middle of the sound before
 * @param {number} after the middle of the sound after
 * @param {number} time
 */
export declare function closure(start: number, end: number, before: number, after: number, time: number): number;
/**
 * How firmly lips that meet are pressed. They relax again, so that a long m moves.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} time
 */
export declare function pressure(start: number, end: number, time: number): number;
/**
 * The slow motion of a long sound, which is 1 at both ends: the jaw goes beyond and falls back below, the lips only
 * go beyond, and move most where the jaw turns round.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} time
 * @param {boolean} leads
 */
export declare function swell(start: number, end: number, time: number, leads: boolean): number;
