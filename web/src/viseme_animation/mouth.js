import { shapeIndex } from "../arkit.js";

/**
 * Number of features that describe a mouth, for comparing mouths. They are computed from the 52 shapes, with
 * left and right averaged, and scaled by their importance.
 */
export const MOUTH_FEATURES = 11;

/**
 * Importance of each feature: gap, lower lip, upper lip, funnel, pucker, stretch, smile, tongue, jaw forward.
 */
const WEIGHTS = [1.4, 1, 1, 1.1, 1.1, 1, 0.3, 1, 1];
const BITE_WEIGHT = 1.2;
const SEAL_WEIGHT = 0.8;
/** Sum of rolls, press and close at which lips count as sealed; taken from closures of the built-in model. */
const SEALED = 0.22;
/** Lips further apart than this are not sealed, however firmly they are pressed. */
const APART = 0.16;

const [JAW, CLOSE, ROLL_LOWER, ROLL_UPPER] = [
  "jawOpen",
  "mouthClose",
  "mouthRollLower",
  "mouthRollUpper",
].map(shapeIndex);
const SINGLE = ["mouthFunnel", "mouthPucker"].map(shapeIndex);
const [LOWER, UPPER, STRETCH, SMILE, PRESS] = ["LowerDown", "UpperUp", "Stretch", "Smile", "Press"].map(
  (part) => shapeIndex(`mouth${part}Left`),
);
const [TONGUE, FORWARD] = ["tongueOut", "jawForward"].map(shapeIndex);

/**
 * Computes the features of a mouth.
 * @param {Float32Array} face at least the 52 shapes
 * @param {Float32Array} out MOUTH_FEATURES numbers
 */
export function mouthFeatures(face, out) {
  const gap = Math.max(0, face[JAW] - face[CLOSE]);
  const lower = average(face, LOWER);
  const upper = average(face, UPPER);
  out[0] = gap * WEIGHTS[0];
  out[1] = lower * WEIGHTS[1];
  out[2] = upper * WEIGHTS[2];
  out[3] = face[SINGLE[0]] * WEIGHTS[3];
  out[4] = face[SINGLE[1]] * WEIGHTS[4];
  out[5] = average(face, STRETCH) * WEIGHTS[5];
  out[6] = average(face, SMILE) * WEIGHTS[6];
  out[7] = face[TONGUE] * WEIGHTS[7];
  out[8] = face[FORWARD] * WEIGHTS[8];
  out[9] = Math.max(0, face[ROLL_LOWER] - face[ROLL_UPPER] - average(face, PRESS)) * BITE_WEIGHT;
  const pressed =
    face[CLOSE] + face[ROLL_UPPER] + average(face, PRESS) + Math.min(face[ROLL_LOWER], SEALED / 3);
  out[10] = Math.min(1, pressed / SEALED) * Math.max(0, 1 - (gap + lower + upper) / APART) * SEAL_WEIGHT;
}

/**
 * Averages left and right, which are adjacent in ARKit's order.
 * @param {Float32Array} face
 * @param {number} left
 */
function average(face, left) {
  return (face[left] + face[left + 1]) / 2;
}
