import { SHAPE_COUNT, SHAPE_INDEX, shapeIndex } from "../arkit.js";
import { oculusIndex } from "../oculus.js";
import { CURVES, VALUES } from "./shapes.js";

/**
 * ARKit shapes of each curve, of closed lips (seal, press) and of lip on teeth (bite). Names without a side
 * stand for both.
 * @type {Record<string, Record<string, number>>}
 */
const RIG = {
  jaw: { jawOpen: 1 },
  lower: { mouthLowerDown: 1 },
  upper: { mouthUpperUp: 1 },
  funnel: { mouthFunnel: 1 },
  pucker: { mouthPucker: 1 },
  stretch: { mouthStretch: 1 },
  smile: { mouthSmile: 1, mouthDimple: 0.3, cheekSquint: 0.15 },
  tongue: { tongueOut: 1 },
  forward: { jawForward: 1 },
  seal: { jawOpen: 0.05, mouthClose: 0.05, mouthPress: 0.06, mouthRollLower: 0.06, mouthRollUpper: 0.05 },
  press: { mouthPress: 0.12, mouthRollLower: 0.06, mouthRollUpper: 0.06 },
  bite: { jawOpen: 0.03, mouthRollLower: 0.4, mouthUpperUp: 0.2, mouthShrugLower: 0.1 },
};
const TERMS = Object.fromEntries(Object.entries(RIG).map(([name, shares]) => [name, termsOf(shares)]));
const CURVE_TERMS = CURVES.map((curve) => TERMS[curve]);
/** How far each curve yields to closed lips, and to lip on teeth. */
const YIELD_TO_SEAL = [1, 1, 1, 0, 0, 0.9, 0.9, 1, 0];
const YIELD_TO_BITE = [0.6, 1, 0.3, 0, 0, 0, 0.3, 1, 0];
/** How far lip on teeth yields to closed lips. */
const BITE_YIELD_TO_SEAL = 0.75;
const [SIL, PP, FF] = ["sil", "PP", "FF"].map(oculusIndex);

/** @param {Record<string, number>} shares */
function termsOf(shares) {
  const sided = Object.entries(shares).flatMap(([name, gain]) => {
    const names = SHAPE_INDEX.has(name) ? [name] : [`${name}Left`, `${name}Right`];
    return names.map((shape) => ({ shape: shapeIndex(shape), gain }));
  });
  return {
    shapes: Int16Array.from(sided, (term) => term.shape),
    gains: Float32Array.from(sided, (term) => term.gain),
  };
}

/**
 * Writes a full face.
 * @param {Float32Array} values blended
 * @param {{seal: number, bite: number, rest: number, press: number}} gates 0–1: closed lips, lip on teeth,
 *   silence, and pressure of closed lips
 * @param {Float32Array} out full face
 */
export function writeVisemeFace(values, { seal, bite, rest, press }, out) {
  const held = bite * (1 - BITE_YIELD_TO_SEAL * seal);
  const awake = 1 - rest;
  out.fill(0);
  for (let curve = 0; curve < CURVES.length; curve++) {
    const room = awake * (1 - YIELD_TO_SEAL[curve] * seal) * (1 - YIELD_TO_BITE[curve] * held);
    add(CURVE_TERMS[curve], values[curve] * room, out);
  }
  add(TERMS.seal, seal, out);
  add(TERMS.press, press, out);
  add(TERMS.bite, held, out);
  const free = (1 - seal) * (1 - bite);
  for (let i = CURVES.length; i < VALUES; i++)
    out[SHAPE_COUNT + i - CURVES.length] = values[i] * awake * free;
  out[SIL] = rest * free;
  out[PP] = seal;
  out[FF] = bite * (1 - seal);
}

/**
 * @param {{shapes: Int16Array, gains: Float32Array}} terms
 * @param {number} value
 * @param {Float32Array} out
 */
function add({ shapes, gains }, value, out) {
  for (let i = 0; i < shapes.length; i++) out[shapes[i]] += value * gains[i];
}
