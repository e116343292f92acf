/**
 * Frames as Live Link Face records them, and as the server writes them: Timecode, BlendshapeCount, 52 shapes, then
 * the angles of head and eyes, which are 0.
 * @param {import("./take.js").TakeFrames} frames
 */
export declare function csvOf({ fps, count, weights }: import("./take.js").TakeFrames): string;
