/**
 * How much of each of a few likenesses a mixture of them has that is nearest to a given one: non-negative least
 * squares with an elastic net, by coordinate descent from the last solution
 * (Friedman, Hastie, Tibshirani 2010, https://doi.org/10.18637/jss.v033.i01, eq. 5). The problem is strictly convex, so
 * its solution is unique and continuous in what it is made for. Nothing is allocated by {@link MixtureSolver#solve}.
 */
export declare class MixtureSolver {
    #private;
    /** The shares: each 0–1, at most 1 together. */
    shares: Float32Array<ArrayBuffer>;
    /** @param {readonly Float32Array[]} likenesses of the same length, none all 0 */
    constructor(likenesses: readonly Float32Array[]);
    /** @param {Float32Array} given as long as a likeness */
    solve(given: Float32Array): void;
}
