/**
 * Makes a steady clock of one that is read in coarse or uneven steps, such as `currentTime` of an element.
 *
 * What is read is never newer than the truth, only older (by up to one update of the source and one tick), so
 * a reading ahead of the prediction is believed quickly and one behind it slowly, unless the source proves to
 * be fine. Between readings time runs on by the wall clock and the playback rate.
 */
export declare class SteadyClock {
    #private;
    /** The speed at which it runs, 0 while it stands still. */
    rate: number;
    /**
     * @param {number} [rise] share of a positive error that one reading corrects
     * @param {number} [fall] share of a negative error
     */
    constructor(rise?: number, fall?: number);
    /**
     * @param {number} raw seconds, as the source says
     * @param {number} now ms
     * @param {number} rate playback rate
     * @param {boolean} running
     * @returns {number} seconds
     */
    read(raw: number, now: number, rate: number, running: boolean): number;
}
/** What of an AudioContext is being heard, in seconds of its own time. */
export declare class ContextClock {
    #private;
    /** @param {AudioContext} context */
    constructor(context: AudioContext);
    /** The speed at which it runs: 1, or 0 while it is suspended. */
    get rate(): number;
    /**
     * @param {number} now ms, of performance.now()
     * @returns {number} seconds
     */
    read(now: number): number;
    /**
     * The same as the context itself reports it, unsteady as that is.
     * @param {number} now ms, of performance.now()
     * @returns {number} seconds
     */
    deviceTime(now: number): number;
}
