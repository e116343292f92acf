export type Term = import("../oculus.js").Term;
export type StandIn = {
    kind: string;
    /**
     * it is not used where one of these ARKit shapes has a target
     */
    instead: number[];
    terms: Term[];
    /**
     * what moves it where only the jaw is missing and the lips have their own targets
     */
    opens?: Term[];
};
export declare const LIPS: number[];
/**
 * VRM's presets. A mood of VRM takes mouth and lids along, so that only half of it follows the corners of the mouth.
 * @type {Record<string, StandIn>}
 */
export declare const PRESETS: Record<string, StandIn>;
/** Presets that are moods. */
export declare const MOODS: string[];
export type StandInTables = [scheme: string, entries: Record<string, StandIn>][];
/**
 * @param {StandIn} entry
 * @param {boolean} lips whether ARKit's own shapes move them: a viseme would do it once more
 */
export declare function termsOf({ instead, terms, opens }: StandIn, lips: boolean): import("../oculus.js").Term[] | undefined;
/** @param {readonly string[]} targets @returns {StandInTables} */
export declare function tablesFor(targets: readonly string[]): StandInTables;
/**
 * @param {Record<string, StandIn>} entries
 * @param {string} target
 */
export declare function entryOf(entries: Record<string, StandIn>, target: string): StandIn | null;
