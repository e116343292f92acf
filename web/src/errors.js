/**
 * What the client throws and what its `error` event carries. `code` is for programs, `message` is a sentence
 * that says what to do. Codes are those of the wire protocol (`bad_audio`, `busy`, …) and the client's own:
 * `bad_argument`, `bad_state`, `empty_audio`, `no_server`, `connection_failed`, `connection_lost`,
 * `audio_locked`, `playback_failed`, `microphone_failed`, `disposed`.
 */
export class A2FError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{fatal?: boolean}} [details] fatal: the connection is over and will not be tried again by itself.
   */
  constructor(code, message, { fatal = false } = {}) {
    super(message);
    this.name = "A2FError";
    this.code = code;
    this.fatal = fatal;
  }
}

/**
 * @param {unknown} condition
 * @param {string} message
 * @returns {asserts condition}
 */
export function requireArgument(condition, message) {
  if (!condition) throw new A2FError("bad_argument", message);
}

/**
 * @param {unknown} value
 * @param {number} low
 * @param {number} high
 * @returns {value is number}
 */
export function isBetween(value, low, high) {
  return typeof value === "number" && value >= low && value <= high;
}
