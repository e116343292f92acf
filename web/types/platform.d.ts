/**
 * Gathers what the browser offers; whatever is given replaces it.
 * @param {Partial<import("./types.js").Platform>} [given]
 * @returns {import("./types.js").Platform}
 */
export declare function platformWith(given?: Partial<import("./types.js").Platform>): import("./types.js").Platform;
