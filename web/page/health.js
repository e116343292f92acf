/** The server's answer to `GET /health`, as far as the page uses it; on a page without a server, the state of its network. */
/**
 * @typedef {{connected: boolean, mode?: string, backend?: string, tts?: string | null, [field: string]: any}} Health
 *   mode: "real" or "mock" of a server, "device" without one
 */
export {};
