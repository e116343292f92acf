/** The morph targets of one mesh. */
export declare class Morphs {
    #private;
    /**
     * @param {import("../types.js").MorphMesh} mesh
     * @param {readonly import("./plan.js").Row[]} rows
     */
    constructor(mesh: import("../types.js").MorphMesh, rows: readonly import("./plan.js").Row[]);
    /** @param {Float32Array} face a bound one */
    write(face: Float32Array): void;
    release(): void;
}
