export type Term = import("../face/oculus.js").Term;
export type Entry = {
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
 * @type {Record<string, Entry>}
 */
export declare const PRESETS: Record<string, Entry>;
/** Presets that are moods. */
export declare const MOODS: string[];
export type Tables = [scheme: string, entries: Record<string, Entry>][];
/**
 * @param {Entry} entry
 * @param {boolean} lips whether ARKit's own shapes move them: a viseme would do it once more
 */
export declare function termsOf({ instead, terms, opens }: Entry, lips: boolean): import("../face/oculus.js").Term[] | undefined;
/** @param {readonly string[]} targets @returns {Tables} */
export declare function tablesFor(targets: readonly string[]): Tables;
/**
 * @param {Record<string, Entry>} entries
 * @param {string} target
 */
export declare function entryOf(entries: Record<string, Entry>, target: string): Entry | null;
