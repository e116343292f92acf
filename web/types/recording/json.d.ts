/**
 * Frames as `POST /v1/animate` answers them: four decimals.
 * @param {import("./take.js").TakeFrames} frames
 * @param {readonly string[]} blendshapes the names of the columns
 */
export declare function jsonOf({ fps, count, weights }: import("./take.js").TakeFrames, blendshapes: readonly string[]): string;
