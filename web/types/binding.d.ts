export type MorphMesh = import("./types.js").MorphMesh;
export type Row = import("./plan.js").Row;
export type Bound = {
    mesh: MorphMesh;
    targets: Int16Array;
    ends: Int16Array;
    shapes: Int16Array;
    gains: Float32Array;
};
/**
 * @typedef {import("./types.js").MorphMesh} MorphMesh
 * @typedef {import("./plan.js").Row} Row
 * @typedef {{mesh: MorphMesh, targets: Int16Array, ends: Int16Array, shapes: Int16Array, gains: Float32Array}} Bound
 */
/**
 * The morph targets that one client moves. Each target has exactly one writer: one row of weighted shapes,
 * flattened into typed arrays so that a tick allocates nothing.
 */
export declare class Binding {
    #private;
    /** @type {import("./types.js").BindingReport} */
    report: import("./types.js").BindingReport;
    /**
     * @param {unknown} target a scene, a mesh, or an array of either
     * @param {import("./types.js").MorphMap} [map]
     */
    constructor(target: unknown, map?: import("./types.js").MorphMap);
    /** @param {Float32Array} weights 0–1: a whole face, or the 52 of ARKit, from which the visemes follow */
    write(weights: Float32Array): void;
    /** Puts every target that it moves back to 0. */
    release(): void;
}
