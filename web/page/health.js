/** The server's answer to `GET /health`, as far as the page uses it. */
/**
 * @typedef {{connected: boolean, mode?: string, backend?: string, tts?: string | null, [field: string]: any}} Health
 */
export {};
