/**
 * What the client throws and what its `error` event carries. `code` is for programs, `message` is a sentence
 * that says what to do. Codes are those of the wire protocol (`bad_audio`, `busy`, …) and the client's own:
 * `bad_argument`, `bad_state`, `empty_audio`, `no_server`, `connection_failed`, `connection_lost`,
 * `audio_locked`, `playback_failed`, `microphone_failed`, `disposed`.
 */
export declare class A2FError extends Error {
    code: string;
    fatal: boolean;
    /**
     * @param {string} code
     * @param {string} message
     * @param {{fatal?: boolean}} [details] fatal: the connection is over and will not be tried again by itself.
     */
    constructor(code: string, message: string, { fatal }?: {
        fatal?: boolean;
    });
}
/**
 * @param {unknown} condition
 * @param {string} message
 * @returns {asserts condition}
 */
export declare function requireArgument(condition: unknown, message: string): asserts condition;
/**
 * @param {unknown} value
 * @param {number} low
 * @param {number} high
 * @returns {value is number}
 */
export declare function isBetween(value: unknown, low: number, high: number): value is number;
