/**
 * Asks `GET /health`; never throws.
 * @param {import("../types.js").Platform} platform
 * @param {string | null} serverUrl
 * @returns {Promise<{connected: boolean, error?: string, [field: string]: any}>}
 */
export declare function checkHealth(platform: import("../types.js").Platform, serverUrl: string | null): Promise<{
    connected: boolean;
    error?: string;
    [field: string]: any;
}>;
