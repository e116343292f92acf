import { addresses } from "../addresses.js";

/** @import { Platform } from "../types.js" */

const TIMEOUT_MS = 5000;

/**
 * Queries `GET /health`. Never throws.
 * @param {Platform} platform
 * @param {string | null} serverUrl
 * @returns {Promise<{connected: boolean, error?: string, [field: string]: any}>}
 */
export async function checkHealth(platform, serverUrl) {
  const abort = new AbortController();
  const timer = platform.setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    if (!serverUrl || !platform.fetch) return failed("No server is set; call configure({ serverUrl }).");
    const response = await platform.fetch(`${addresses(serverUrl).http}/health`, { signal: abort.signal });
    const health = await response.json().catch(() => ({}));
    return { ...health, connected: response.ok };
  } catch (error) {
    const late = abort.signal.aborted
      ? `no answer in ${TIMEOUT_MS / 1000} s`
      : /** @type {Error} */ (error).message;
    return failed(`Cannot reach ${serverUrl}: ${late}.`);
  } finally {
    platform.clearTimeout(timer);
  }
}

/** @param {string} error */
function failed(error) {
  return { connected: false, error };
}
