export type Utterance = import("./utterance.js").Utterance;
/** @typedef {import("./utterance.js").Utterance} Utterance */
/** Who speaks: one utterance at a time, the others wait their turn in the order they came. */
export declare class UtteranceQueue {
    #private;
    /**
     * @param {import("../types.js").Platform} platform
     * @param {(event: keyof import("../types.js").Events, payload: any) => void} emit
     * @param {() => number} patience ms that sound waits for frames
     */
    constructor(platform: import("../types.js").Platform, emit: (event: keyof import("../types.js").Events, payload: any) => void, patience: () => number);
    /** Whose turn it is. @returns {Utterance | null} */
    get current(): Utterance | null;
    /** The one that came last. @returns {Utterance | null} */
    get newest(): Utterance | null;
    /** The one being heard. @returns {Utterance | null} */
    get speaking(): Utterance | null;
    /** @param {Utterance} utterance */
    add(utterance: Utterance): void;
    /** Lets begin what may begin, and end what has been heard. */
    advance(): void;
    /** @param {Utterance} utterance */
    remove(utterance: Utterance): void;
    /** Ends everything at once. */
    cancelAll(): void;
    /** @param {Utterance} utterance */
    cancel(utterance: Utterance): void;
}
