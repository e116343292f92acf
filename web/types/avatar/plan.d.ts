export type Term = import("../oculus.js").Term;
export type StandInTables = import("./stand_ins.js").StandInTables;
export type TargetTerms = {
    target: string;
    terms: Term[];
    standsIn?: boolean;
};
export type Candidate = {
    target: string;
    shape: number;
    part: string;
    prefix: number;
};
/**
 * @typedef {import("../oculus.js").Term} Term
 * @typedef {import("./stand_ins.js").StandInTables} StandInTables
 * @typedef {{target: string, terms: Term[], standsIn?: boolean}} TargetTerms one morph target and what moves it; whether it is
 *   there for ARKit shapes that are missing
 * @typedef {{target: string, shape: number, part: string, prefix: number}} Candidate
 */
/**
 * Decides what moves each target of a mesh.
 * @param {readonly string[]} targets names of its morph targets
 * @param {import("../types.js").MorphMap} map the user's word, which goes before any guess
 * @param {Set<string>} schemes receives how the targets are named
 * @param {StandInTables} [tables] what targets may be that are no ARKit shapes, the best first
 * @returns {TargetTerms[]} at most one a target
 */
export declare function planTargets(targets: readonly string[], map: import("../types.js").MorphMap, schemes: Set<string>, tables?: StandInTables): TargetTerms[];
