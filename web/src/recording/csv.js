import { BLENDSHAPES, SHAPE_COUNT, shapeIndex } from "../arkit.js";

/** @import { TakeFrames } from "../types.js" */

/** Pairs that Live Link Face writes in the order right, left. @type {Record<string, string>} */
const SWAPPED = {
  jawLeft: "jawRight",
  jawRight: "jawLeft",
  mouthLeft: "mouthRight",
  mouthRight: "mouthLeft",
};
const COLUMNS = BLENDSHAPES.map((name) => SWAPPED[name] ?? name);
const ANGLES = ["Head", "LeftEye", "RightEye"].flatMap((part) =>
  ["Yaw", "Pitch", "Roll"].map((axis) => part + axis),
);
const NO_ANGLES = ANGLES.map(() => (0).toFixed(10));

/**
 * Formats frames as Live Link Face and the server do: Timecode, BlendShapeCount, 52 shapes, then the angles
 * of head and eyes, which are 0.
 * @param {TakeFrames} frames
 */
export function csvOf({ fps, count, weights }) {
  const indices = COLUMNS.map(shapeIndex);
  const lines = [["Timecode", "BlendShapeCount", ...COLUMNS.map(pascal), ...ANGLES]];
  for (let frame = 0; frame < count; frame++) {
    const values = indices.map((i) => weights[frame * SHAPE_COUNT + i].toFixed(10));
    lines.push([timecode(frame, fps), String(SHAPE_COUNT + ANGLES.length), ...values, ...NO_ANGLES]);
  }
  return lines.map((line) => `${line.join(",")}\n`).join("");
}

/** @param {string} name */
const pascal = (name) => name[0].toUpperCase() + name.slice(1);

/**
 * Formats `HH:MM:SS:FF.mmm`. The fraction is always zero, because frames lie on the time grid.
 * @param {number} frame
 * @param {number} fps
 */
function timecode(frame, fps) {
  const seconds = Math.floor(frame / fps);
  const parts = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
    Math.floor(frame - seconds * fps),
  ];
  return `${parts.map((part) => String(part).padStart(2, "0")).join(":")}.000`;
}
