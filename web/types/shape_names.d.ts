export type Spelling = {
    /**
     * index of the ARKit shape
     */
    shape: number;
    /**
     * empty for the whole shape; else which part of a split one ("l", "upr", …)
     */
    part: string;
};
/**
 * Splits a name into its words: at signs, between cases, around digits.
 * @param {string} name
 * @returns {string[]} in lower case
 */
export declare function wordsOf(name: string): string[];
/**
 * Which ARKit shape (or part of one) a morph target is, whatever its spelling and prefix; null if none.
 * @param {string} name
 * @returns {(Spelling & {prefix: number}) | null} prefix: how many words came before the shape's own
 */
export declare function matchShape(name: string): (Spelling & {
    prefix: number;
}) | null;
/**
 * The index of the ARKit shape that has exactly this meaning, −1 if none.
 * @param {string} name
 */
export declare function canonicalShape(name: string): number;
/**
 * The naming scheme in a word, for the binding report.
 * @param {string} name a morph target that {@link matchShape} knows
 * @param {{shape: number, part: string, prefix: number}} match
 */
export declare function schemeOf(name: string, match: {
    shape: number;
    part: string;
    prefix: number;
}): "arkit" | "other" | "pascal" | "prefixed" | "side-suffix";
