export type MediaClock = {
    currentTime: number;
    paused?: boolean;
    ended?: boolean;
    playbackRate?: number;
};
/** @typedef {{currentTime: number, paused?: boolean, ended?: boolean, playbackRate?: number}} MediaClock */
/**
 * Sound that somebody else plays: a function that says how many seconds have been heard, or any object with a
 * `currentTime`.
 */
export declare class ExternalSink {
    #private;
    /** Somebody else started it, so there is nothing to hold back. */
    startsImmediately: boolean;
    /** @param {(() => number) | MediaClock} source */
    constructor(source: (() => number) | MediaClock);
    get rate(): number;
    start(): void;
    stop(): void;
    /** @param {number} duration seconds in all */
    finish(duration: number): void;
    /** @param {number} now ms */
    time(now: number): number;
    /** @param {number} now ms */
    isOver(now: number): boolean;
}
