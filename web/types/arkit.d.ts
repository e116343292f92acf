/**
 * The 52 ARKit blendshapes in Apple's order. Everything inside the client is indexed by it; what comes from
 * elsewhere (server, meshes, maps) is matched by name, because no two systems agree on an order.
 * @type {readonly string[]}
 */
export declare const BLENDSHAPES: readonly string[];
/** How many weights a frame has. */
export declare const SHAPE_COUNT: number;
/** Name → index in {@link BLENDSHAPES}. @type {ReadonlyMap<string, number>} */
export declare const SHAPE_INDEX: ReadonlyMap<string, number>;
/**
 * The index of a shape that is known to exist.
 * @param {string} name
 * @returns {number}
 */
export declare function shapeIndex(name: string): number;
