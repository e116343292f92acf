import { Audio2FaceClient } from "audio2face-client";
import { LANES } from "./lanes.js";

const at = (/** @type {string} */ name) => Audio2FaceClient.BLENDSHAPES.indexOf(name);
const [JAW, CLOSE, FUNNEL, PUCKER] = ["jawOpen", "mouthClose", "mouthFunnel", "mouthPucker"].map(at);
const [PRESS_LEFT, PRESS_RIGHT] = ["mouthPressLeft", "mouthPressRight"].map(at);
const [ROLL_LOWER, ROLL_UPPER] = ["mouthRollLower", "mouthRollUpper"].map(at);

/**
 * Summarizes the mouth in three values of 0–1. Closure is what lip-sync scores subtract from the lip aperture
 * (training/evaluation/measures/track.py): mouthClose + 0.25 · both mouthPress + 0.3 · both mouthRoll. Rounding is the sum of
 * mouthFunnel and mouthPucker.
 * @param {ArrayLike<number>} face
 * @returns {[jaw: number, closure: number, rounding: number]}
 */
export function mouthOf(face) {
  const closure =
    face[CLOSE] + 0.25 * (face[PRESS_LEFT] + face[PRESS_RIGHT]) + 0.3 * (face[ROLL_LOWER] + face[ROLL_UPPER]);
  return [face[JAW], Math.min(1, closure), Math.min(1, face[FUNNEL] + face[PUCKER])];
}

/** Line styles: `on` of every `period` pixels are drawn. css/timeline.css repeats them for the legend. */
const STYLES = [
  { color: "rounding", on: 2, period: 5, width: 2 },
  { color: "closure", on: 7, period: 11, width: 1.75 },
  { color: "jaw", on: 1, period: 1, width: 2 },
];

const face = new Float32Array(Audio2FaceClient.BLENDSHAPES.length);
const values = [0, 0, 0];

/**
 * Draws the curves between two columns. Dashes depend only on the column, so they continue as a curve grows.
 * @param {import("./lanes.js").Drawing} drawing
 * @param {import("audio2face-client").Take} recording
 * @param {number} from whole CSS pixels
 * @param {number} to
 */
export function drawCurves(drawing, recording, from, to) {
  const paths = STYLES.map(() => new Path2D());
  read(drawing, recording, Math.max(0, from - 1));
  let before = values.map(heightOf);
  for (let x = Math.max(1, from); x < to; x++) {
    read(drawing, recording, x);
    const now = values.map(heightOf);
    STYLES.forEach(({ on, period }, i) => {
      if (x % period >= on) return;
      paths[i].moveTo(x - 1, before[i]);
      paths[i].lineTo(x, now[i]);
    });
    before = now;
  }
  stroke(drawing, paths);
}

/**
 * @param {import("./lanes.js").Drawing} drawing
 * @param {import("audio2face-client").Take} recording
 * @param {number} x
 */
function read({ width, span }, recording, x) {
  recording.faceAt((x / width) * span, face);
  [values[2], values[1], values[0]] = mouthOf(face);
}

/** @param {number} value */
const heightOf = (value) => LANES.curves.top + (1 - value) * LANES.curves.height;

/**
 * @param {import("./lanes.js").Drawing} drawing
 * @param {Path2D[]} paths
 */
function stroke({ context, colors }, paths) {
  context.lineCap = "round";
  STYLES.forEach(({ color, width }, i) => {
    context.strokeStyle = colors[color];
    context.lineWidth = width;
    context.stroke(paths[i]);
  });
}
