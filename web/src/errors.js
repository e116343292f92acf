/**
 * @typedef {"bad_message" | "bad_state" | "unsupported_audio" | "bad_audio" | "too_long" | "too_large" | "busy"
 *   | "unauthorized" | "not_found" | "backend_failed" | "tts_unavailable" | "tts_failed" | "timeout"
 *   | "unsupported_picture" | "bad_picture" | "bad_avatar" | "no_face" | "not_installed"} ServerErrorCode
 *   Error codes of the server; the last five occur only over HTTP.
 *
 * @typedef {"bad_argument" | "bad_state" | "bad_audio" | "empty_audio" | "no_server" | "connection_failed"
 *   | "connection_lost" | "audio_locked" | "audio_interrupted" | "morphs_overwritten" | "playback_failed" | "microphone_failed" | "no_expressions" | "network_unavailable" | "tts_failed"
 *   | "source_failed" | "no_webgl" | "disposed"} ClientErrorCode Error codes of the client itself.
 *
 * @typedef {ServerErrorCode | ClientErrorCode} ErrorCode
 *
 * @typedef {"full" | "draining" | "connections" | "queue" | "quota" | "missing" | "wrong" | "expired" | "scope"
 *   | "origin" | "host"} ErrorReason The cause of a `busy` or `unauthorized` error. Busy: full: every slot is taken;
 *   draining: it is shutting down; connections: too many connections; queue: too many utterances of this socket or user
 *   wait or are open; quota: the limit of this user, key or address is reached. Unauthorized: missing: no token was
 *   sent; wrong: it is not one of this server's; expired: a new one is needed; scope: the key is not meant for this;
 *   origin: this page's origin is not allowed; host: the server was addressed by a name that is not allowed.
 *
 * @typedef {"subject" | "key" | "address" | "socket"} ErrorScope The caller whose limit a `busy` error is about.
 */

/**
 * An error that the client throws or reports with its `error` event. `code` and `reason` are for programs; `message` is
 * for people and says what to do.
 */
export class A2FError extends Error {
  /**
   * @param {ErrorCode | (string & {})} code
   * @param {string} message
   * @param {{fatal?: boolean, reason?: ErrorReason, scope?: ErrorScope}} [details]
   */
  constructor(code, message, { fatal = false, reason, scope } = {}) {
    super(message);
    this.name = "A2FError";
    this.code = /** @type {ErrorCode} */ (code);
    /** True if the connection is closed and the client will not reconnect on its own. */
    this.fatal = fatal;
    /** Details of `busy` and `unauthorized`, if the server sends them. */
    this.reason = reason;
    /** With the code `busy`, whose limit it is, if the server says so. */
    this.scope = scope;
  }
}

/**
 * Converts an `error` message of the server.
 * @param {{code: ErrorCode, message: string, fatal?: boolean, reason?: unknown, scope?: unknown}} message
 */
export function serverError({ code, message, fatal, reason, scope }) {
  return new A2FError(code, message, {
    fatal,
    reason: typeof reason === "string" ? /** @type {ErrorReason} */ (reason) : undefined,
    scope: typeof scope === "string" ? /** @type {ErrorScope} */ (scope) : undefined,
  });
}

/**
 * Returns the payload of an `error` event.
 * @param {A2FError} error
 */
export function errorEvent({ code, message, fatal, reason, scope }) {
  return { code, message, fatal, ...(reason ? { reason } : {}), ...(scope ? { scope } : {}) };
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
