import { SHAPE_COUNT } from "../arkit.js";
import { FACE_WIDTH, OCULUS, oculusIndex, VOWELS, vowelIndex } from "../oculus.js";
import { MixtureSolver } from "./mixture.js";
import { MOUTH_FEATURES, mouthFeatures } from "./mouth.js";
import { writeVisemeFace } from "./rig.js";
import { CURVES, REST, VALUES } from "./shapes.js";

const OPEN = { seal: 0, bite: 0, rest: 0, press: 0 };
/** Azure viseme that represents each Oculus viseme (visemes/shapes.js). @type {Record<string, number>} */
const AZURE_VISEMES = {
  TH: 17,
  DD: 19,
  kk: 20,
  CH: 16,
  SS: 15,
  nn: 14,
  RR: 13,
  aa: 2,
  E: 4,
  I: 6,
  O: 8,
  U: 7,
};
/** Oculus visemes that are represented by a gate instead. @type {Record<string, typeof OPEN>} */
const GATES = { PP: { ...OPEN, seal: 1 }, FF: { ...OPEN, bite: 1 } };
/** Minimum weight at which a shape counts as visible. */
const MIN_VISIBLE = 0.049;

/** Each Oculus viseme in the 52 ARKit shapes, except silence. @type {Record<string, Float32Array>} */
export const VISEME_FACES = Object.fromEntries(
  OCULUS.filter((name) => name in AZURE_VISEMES || name in GATES).map((name) => [name, visemeFace(name)]),
);

/** @param {string} name */
function visemeFace(name) {
  const values = new Float32Array(VALUES);
  const start = AZURE_VISEMES[name] * VALUES;
  if (name in AZURE_VISEMES) values.set(REST.subarray(start, start + CURVES.length));
  const face = new Float32Array(FACE_WIDTH);
  writeVisemeFace(values, GATES[name] ?? OPEN, face);
  return face.slice(0, SHAPE_COUNT);
}

/**
 * Returns the indices of the ARKit shapes that a channel represents.
 * @param {number} channel
 * @returns {number[]}
 */
export function arkitShapesOf(channel) {
  if (channel < SHAPE_COUNT) return [channel];
  const name = channel < FACE_WIDTH ? OCULUS[channel - SHAPE_COUNT] : VOWELS[channel - FACE_WIDTH];
  return [...(VISEME_FACES[name] ?? [])].flatMap((value, shape) => (value > MIN_VISIBLE ? [shape] : []));
}

/** Approximates the mouth of the 52 ARKit shapes by visemes, for avatars that have nothing else. */
export class VisemeFit {
  #channels;
  #mixture;
  #mouth = new Float32Array(MOUTH_FEATURES);

  /** Uses all visemes; closed lips are PP. */
  static ofAll() {
    return new VisemeFit(Object.keys(VISEME_FACES), oculusIndex);
  }

  /** Uses the vowels only, for {@link vowelIndex}; closed lips match none of them. */
  static ofVowels() {
    return new VisemeFit(VOWELS, vowelIndex);
  }

  /**
   * @param {readonly string[]} names
   * @param {(name: string) => number} channelOf
   */
  constructor(names, channelOf) {
    this.#channels = Int16Array.from(names, channelOf);
    this.#mixture = new MixtureSolver(names.map((name) => mouthOf(VISEME_FACES[name])));
  }

  /**
   * @param {Float32Array} face its 52 shapes are read and its visemes written, each 0–1 and at most 1 in
   *   total
   */
  write(face) {
    mouthFeatures(face, this.#mouth);
    this.#mixture.solve(this.#mouth);
    for (let i = 0; i < this.#channels.length; i++) face[this.#channels[i]] = this.#mixture.shares[i];
  }
}

/** @param {Float32Array} face */
function mouthOf(face) {
  const mouth = new Float32Array(MOUTH_FEATURES);
  mouthFeatures(face, mouth);
  return mouth;
}
