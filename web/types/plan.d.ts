export type Term = import("./oculus.js").Term;
export type Row = {
    target: string;
    terms: Term[];
};
export type Candidate = {
    target: string;
    shape: number;
    part: string;
    prefix: number;
};
/**
 * Decides what moves each target of a mesh.
 * @param {readonly string[]} targets names of its morph targets
 * @param {import("./types.js").MorphMap} map the user's word, which goes before any guess
 * @param {Set<string>} schemes receives how the targets are named
 * @returns {Row[]} at most one a target
 */
export declare function planMesh(targets: readonly string[], map: import("./types.js").MorphMap, schemes: Set<string>): Row[];
