export type ExpressionTable = {
    /**
     * names, in the order in which they are added up
     */
    emotions: readonly string[];
    /**
     * for each emotion what it adds at 1: 52 of 0–1
     */
    shapes: Float32Array[];
    /**
     * 1 for each of the 52 that parts the lips
     */
    opens: Uint8Array;
    /**
     * the shapes that say how far the lips are apart
     */
    lips: Int16Array;
    /**
     * their shares in it
     */
    shares: Float32Array;
    /**
     * how far apart the lips must be for all that an expression wants of `opens`
     */
    parted: number;
};
/**
 * @typedef {object} ExpressionTable `GET /v1/expressions`, by index.
 * @property {readonly string[]} emotions names, in the order in which they are added up
 * @property {Float32Array[]} shapes for each emotion what it adds at 1: 52 of 0–1
 * @property {Uint8Array} opens 1 for each of the 52 that parts the lips
 * @property {Int16Array} lips the shapes that say how far the lips are apart
 * @property {Float32Array} shares their shares in it
 * @property {number} parted how far apart the lips must be for all that an expression wants of `opens`
 */
/**
 * Asks a server what its ten emotions look like.
 * @param {import("../types.js").Platform} platform
 * @param {string | null} serverUrl
 * @returns {Promise<ExpressionTable>}
 * @throws {A2FError} no_expressions
 */
export declare function fetchExpressionTable(platform: import("../types.js").Platform, serverUrl: string | null): Promise<ExpressionTable>;
/**
 * @param {any} said the body of `GET /v1/expressions`
 * @returns {ExpressionTable}
 */
export declare function parseExpressionTable(said: any): ExpressionTable;
