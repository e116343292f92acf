export type Heard = {
    currentTime: number;
    paused?: boolean;
    ended?: boolean;
    playbackRate?: number;
};
/** @typedef {{currentTime: number, paused?: boolean, ended?: boolean, playbackRate?: number}} Heard */
/**
 * Sound that somebody else plays: a function that says how many seconds have been heard, or any object with a
 * `currentTime`.
 */
export declare class ExternalVoice {
    #private;
    /** Somebody else started it, so there is nothing to hold back. */
    immediate: boolean;
    /** @param {(() => number) | Heard} source */
    constructor(source: (() => number) | Heard);
    get rate(): number;
    begin(): void;
    stop(): void;
    /** @param {number} duration seconds in all */
    finish(duration: number): void;
    /** @param {number} now ms */
    time(now: number): number;
    /** @param {number} now ms */
    over(now: number): boolean;
}
