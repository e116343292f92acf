export type VrmLike = import("../types.js").VrmLike;
export type ExpressionLike = import("../types.js").ExpressionLike;
export type TargetTerms = import("./plan.js").TargetTerms;
export type Pair = import("./sides.js").Pair;
/**
 * Decides what moves each expression of a VRM: ARKit's names among its custom ones (perfect sync), else its presets.
 * @param {VrmLike} vrm
 * @param {import("../types.js").MorphMap} map
 * @param {Set<string>} schemes
 * @returns {TargetTerms[]}
 */
export declare function planVrm({ expressionManager }: VrmLike, map: import("../types.js").MorphMap, schemes: Set<string>): TargetTerms[];
/** Moves the expressions of a VRM, each of them alone: what they do to meshes and materials is three-vrm's. */
export declare class VrmExpressions {
    #private;
    /** @param {import("../types.js").ExpressionManagerLike} manager @param {readonly TargetTerms[]} rows */
    constructor(manager: import("../types.js").ExpressionManagerLike, rows: readonly TargetTerms[]);
    /** @param {Float32Array} face a bound one */
    write(face: Float32Array): void;
    release(): void;
}
/** Lets a VRM look where the shapes say, unless the app lets it look at something. */
export declare class VrmLookAt {
    #private;
    /** @param {import("../types.js").LookAtLike} lookAt */
    constructor(lookAt: import("../types.js").LookAtLike);
    /** @param {Float32Array} face */
    write(face: Float32Array): void;
    release(): void;
}
/**
 * Whether its gaze can move without ARKit's shapes: by two eye bones, or expressions that do something.
 * @param {VrmLike} vrm
 * @param {ReadonlySet<string>} found ARKit shapes
 */
export declare function looksAbout({ lookAt, humanoid, expressionManager }: VrmLike, found: ReadonlySet<string>): boolean;
/**
 * The sides of a VRM, by its humanoid: names may be any.
 * @param {VrmLike} vrm
 * @returns {Pair[]} eyes, then arms, those that it has
 */
export declare function pairsOfVrm(vrm: VrmLike): Pair[];
/** @param {VrmLike} vrm */
export declare const eyesOfVrm: (vrm: VrmLike) => import("./sides.js").Pair | null;
