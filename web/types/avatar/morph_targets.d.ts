/** The morph targets of one mesh. */
export declare class MorphTargets {
    #private;
    /**
     * @param {import("../types.js").MorphMesh} mesh
     * @param {readonly import("./plan.js").TargetTerms[]} rows
     */
    constructor(mesh: import("../types.js").MorphMesh, rows: readonly import("./plan.js").TargetTerms[]);
    /** @param {Float32Array} face a bound one */
    write(face: Float32Array): void;
    release(): void;
}
