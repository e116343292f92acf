export type MorphMap = import("../types.js").MorphMap;
export type TargetTerms = import("./plan.js").TargetTerms;
export type FaceWriter = {
    write: (face: Float32Array) => void;
    release: () => void;
};
/** What one client moves. Each morph target, expression and bone has exactly one writer. */
export declare class Binding {
    #private;
    /** @type {import("../types.js").BindingReport} */
    report: import("../types.js").BindingReport;
    /**
     * @param {unknown} target a scene, a glTF, a mesh, a VRM, or an array of them
     * @param {MorphMap} [map]
     */
    constructor(target: unknown, map?: MorphMap);
    /** @param {Float32Array} weights 0–1: a whole face, or the 52 of ARKit, from which the visemes follow */
    write(weights: Float32Array): void;
    /** Puts back all that it moves: shapes and expressions to 0, bones to their rest. */
    release(): void;
}
