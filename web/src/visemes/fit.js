import { SHAPE_COUNT } from "../arkit.js";
import { FACE_WIDTH, OCULUS, oculusIndex, VOWELS, vowelIndex } from "../oculus.js";
import { MixtureSolver } from "./mixture.js";
import { MOUTH_FEATURES, mouthFeatures } from "./mouth.js";
import { writeVisemeFace } from "./rig.js";
import { CURVES, REST, VALUES } from "./shapes.js";

const OPEN = { seal: 0, bite: 0, rest: 0, press: 0 };
/** Azure's viseme whose face shows an Oculus one best (visemes/shapes.js). @type {Record<string, number>} */
const SPOKEN = { TH: 17, DD: 19, kk: 20, CH: 16, SS: 15, nn: 14, RR: 13, aa: 2, E: 4, I: 6, O: 8, U: 7 };
/** Those that no face of an Azure viseme shows, but a gate. @type {Record<string, typeof OPEN>} */
const GATES = { PP: { ...OPEN, seal: 1 }, FF: { ...OPEN, bite: 1 } };
/** What counts as being shown at all. */
const SHOWN = 0.049;

/** What each Oculus viseme is in the 52 ARKit shapes; silence is none of them. @type {Record<string, Float32Array>} */
export const VISEME_FACES = Object.fromEntries(
  OCULUS.filter((name) => name in SPOKEN || name in GATES).map((name) => [name, likeness(name)]),
);

/** @param {string} name */
function likeness(name) {
  const values = new Float32Array(VALUES);
  const start = SPOKEN[name] * VALUES;
  if (name in SPOKEN) values.set(REST.subarray(start, start + CURVES.length));
  const face = new Float32Array(FACE_WIDTH);
  writeVisemeFace(values, GATES[name] ?? OPEN, face);
  return face.slice(0, SHAPE_COUNT);
}

/**
 * The ARKit shapes that a channel of a bound face shows.
 * @param {number} channel
 * @returns {number[]} indices
 */
export function arkitShapesOf(channel) {
  if (channel < SHAPE_COUNT) return [channel];
  const name = channel < FACE_WIDTH ? OCULUS[channel - SHAPE_COUNT] : VOWELS[channel - FACE_WIDTH];
  return [...(VISEME_FACES[name] ?? [])].flatMap((value, shape) => (value > SHOWN ? [shape] : []));
}

/** The mouth of the 52 shapes as a mixture of visemes, for avatars that have nothing else. */
export class VisemeFit {
  #channels;
  #mixture;
  #mouth = new Float32Array(MOUTH_FEATURES);

  /** A mixture of all that have a likeness; lips that meet are PP. */
  static ofAll() {
    return new VisemeFit(Object.keys(VISEME_FACES), oculusIndex);
  }

  /** A mixture of the vowels, for {@link vowelIndex}; lips that meet are none of them. */
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

  /** @param {Float32Array} face of which it reads the 52 shapes and writes its visemes, all 0–1, at most 1 in all */
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
