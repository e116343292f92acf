export type ExpressionTable = import("./expression_table.js").ExpressionTable;
/** @typedef {import("./expression_table.js").ExpressionTable} ExpressionTable */
/**
 * Expressions over whatever the face shows. What it adds is what the server's own processor adds (motion/emotion.py):
 * the same table, the same rule for lips that are closed, the same float32 sums.
 */
export declare class ExpressionLayer {
    #private;
    /** Whether it changes anything, now or in a moment. */
    get active(): boolean;
    /**
     * Blends to another mix from wherever the last blend is.
     * @param {ExpressionTable} table
     * @param {Record<string, number>} mix emotion → 0–1; the others are 0
     * @param {number} now ms
     */
    blendTo(table: ExpressionTable, mix: Record<string, number>, now: number): void;
    /** Back to none, as softly. @param {number} now ms */
    blendOut(now: number): void;
    /** None, at once. */
    reset(): void;
    /**
     * Adds the expressions of this instant.
     * @param {Float32Array} face whose first 52 are ARKit's, 0–1
     * @param {number} now ms
     */
    apply(face: Float32Array, now: number): void;
    /**
     * Adds the expressions that were asked for last, as if they had been blended in already.
     * @param {Float32Array} face whose first 52 are ARKit's, 0–1
     */
    applyTarget(face: Float32Array): void;
}
