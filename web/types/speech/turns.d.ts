export type Speech = import("./speech.js").Speech;
/** @typedef {import("./speech.js").Speech} Speech */
/** Who speaks: one utterance at a time, the others wait their turn in the order they came. */
export declare class Turns {
    #private;
    /**
     * @param {import("../types.js").Platform} platform
     * @param {(event: keyof import("../types.js").Events, payload: any) => void} emit
     * @param {() => number} patience ms that sound waits for frames
     */
    constructor(platform: import("../types.js").Platform, emit: (event: keyof import("../types.js").Events, payload: any) => void, patience: () => number);
    /** Whose turn it is. @returns {Speech | null} */
    get current(): Speech | null;
    /** The one that came last. @returns {Speech | null} */
    get newest(): Speech | null;
    /** The one being heard. @returns {Speech | null} */
    get speaking(): Speech | null;
    /** @param {Speech} speech */
    add(speech: Speech): void;
    /** Lets begin what may begin, and end what has been heard. */
    advance(): void;
    /** @param {Speech} speech */
    remove(speech: Speech): void;
    /** Ends everything at once. */
    cancel(): void;
    /** @param {Speech} speech */
    cancelOne(speech: Speech): void;
}
