import { SHAPE_COUNT } from "../arkit.js";

/** @import { TakeFrames } from "../types.js" */

/**
 * Formats frames like the response of `POST /v1/animate`, with four decimals.
 * @param {TakeFrames} frames
 * @param {readonly string[]} blendshapes names of the columns
 */
export function jsonOf({ fps, count, weights }, blendshapes) {
  const rows = Array.from({ length: count }, (_, frame) =>
    Array.from(weights.subarray(frame * SHAPE_COUNT, (frame + 1) * SHAPE_COUNT), rounded),
  );
  return JSON.stringify({ fps, blendshapes, weights: rows });
}

/** @param {number} weight */
const rounded = (weight) => Math.round(weight * 1e4) / 1e4;
