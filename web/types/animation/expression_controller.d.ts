export type ExpressionTable = import("./expression_table.js").ExpressionTable;
export type ExpressionHooks = {
    /**
     * whose table is used
     */
    serverUrl: () => string | null;
    /**
     * the table cannot be had
     */
    onError: (error: import("../errors.js").A2FError) => void;
    /**
     * there is something to show
     */
    onChange: () => void;
};
/**
 * @typedef {import("./expression_table.js").ExpressionTable} ExpressionTable
 * @typedef {object} ExpressionHooks
 * @property {() => string | null} serverUrl whose table is used
 * @property {(error: import("../errors.js").A2FError) => void} onError the table cannot be had
 * @property {() => void} onChange there is something to show
 */
/** Shows the emotions that the app wants, once it is known what they look like. Each server is asked once. */
export declare class ExpressionController {
    #private;
    /**
     * @param {import("../types.js").Platform} platform
     * @param {import("./expression_layer.js").ExpressionLayer} layer
     * @param {ExpressionHooks} hooks
     */
    constructor(platform: import("../types.js").Platform, layer: import("./expression_layer.js").ExpressionLayer, hooks: ExpressionHooks);
    /**
     * @param {Record<string, number>} mix emotion → 0–1
     * @returns {Promise<boolean>} whether something of it is shown
     * @throws {import("../errors.js").A2FError} bad_argument
     */
    set(mix: Record<string, number>): Promise<boolean>;
    /** Whatever was wanted is wanted no more, also where its table has not come yet. */
    cancelPending(): void;
}
