import { Audio2FaceClient } from "audio2face-client";
import { LANES } from "./lanes.js";

const at = (/** @type {string} */ name) => Audio2FaceClient.BLENDSHAPES.indexOf(name);
const [JAW, CLOSE, FUNNEL, PUCKER] = ["jawOpen", "mouthClose", "mouthFunnel", "mouthPucker"].map(at);
const [PRESS_LEFT, PRESS_RIGHT] = ["mouthPressLeft", "mouthPressRight"].map(at);
const [ROLL_LOWER, ROLL_UPPER] = ["mouthRollLower", "mouthRollUpper"].map(at);

/**
 * What the mouth does, in three numbers of 0–1. Closure is what takes from the aperture of the lips where lip-sync is
 * scored (training/evaluation/measures/track.py): mouthClose + 0.25 · both mouthPress + 0.3 · both mouthRoll. Rounding is
 * funnel and pucker together.
 * @param {ArrayLike<number>} face
 * @returns {[jaw: number, closure: number, rounding: number]}
 */
export function mouthOf(face) {
  const closure =
    face[CLOSE] + 0.25 * (face[PRESS_LEFT] + face[PRESS_RIGHT]) + 0.3 * (face[ROLL_LOWER] + face[ROLL_UPPER]);
  return [face[JAW], Math.min(1, closure), Math.min(1, face[FUNNEL] + face[PUCKER])];
}

/** How each is drawn: so many pixels of line in so many. The legend in index.html has the same. */
const STYLES = [
  { color: "rounding", on: 2, period: 5, width: 2 },
  { color: "closure", on: 7, period: 11, width: 1.75 },
  { color: "jaw", on: 1, period: 1, width: 2 },
];

const face = new Float32Array(Audio2FaceClient.BLENDSHAPES.length);
const values = [0, 0, 0];

/**
 * Draws the curves between two columns. Dashes depend on the column alone, so a curve that grows has them, too.
 * @param {import("./lanes.js").Sheet} sheet
 * @param {import("audio2face-client").Take} take
 * @param {number} from CSS pixels, whole
 * @param {number} to
 */
export function drawCurves(sheet, take, from, to) {
  const paths = STYLES.map(() => new Path2D());
  read(sheet, take, Math.max(0, from - 1));
  let before = values.map(heightOf);
  for (let x = Math.max(1, from); x < to; x++) {
    read(sheet, take, x);
    const now = values.map(heightOf);
    STYLES.forEach(({ on, period }, i) => {
      if (x % period >= on) return;
      paths[i].moveTo(x - 1, before[i]);
      paths[i].lineTo(x, now[i]);
    });
    before = now;
  }
  stroke(sheet, paths);
}

/**
 * @param {import("./lanes.js").Sheet} sheet
 * @param {import("audio2face-client").Take} take
 * @param {number} x
 */
function read({ width, span }, take, x) {
  take.faceAt((x / width) * span, face);
  [values[2], values[1], values[0]] = mouthOf(face);
}

/** @param {number} value */
const heightOf = (value) => LANES.curves.top + (1 - value) * LANES.curves.height;

/**
 * @param {import("./lanes.js").Sheet} sheet
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
