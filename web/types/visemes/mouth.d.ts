/**
 * A mouth in eleven numbers, for comparing one with another: what the 52 shapes say about it, left and right in
 * one, each scaled by how much it counts.
 */
export declare const MOUTH_FEATURES = 11;
/**
 * @param {Float32Array} face the 52 shapes, or more
 * @param {Float32Array} out MOUTH_SIZE numbers
 */
export declare function mouthFeatures(face: Float32Array, out: Float32Array): void;
