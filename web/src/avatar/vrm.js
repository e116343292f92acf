import { ChannelMixer } from "./channel_mixer.js";
import { GAZE_SHAPES, GazeAngles } from "./gaze.js";
import { planTargets } from "./plan.js";
import { MOODS, PRESETS } from "./stand_ins.js";

/**
 * @import { Term } from "../oculus.js"
 * @import { ExpressionLike, ExpressionManagerLike, LookAtLike, MorphMap, VrmLike } from "../types.js"
 * @import { TargetTerms } from "./plan.js"
 * @import { Pair } from "./sides.js"
 */

/** A binary expression flips in the middle; speech seldom comes so far with a single vowel. */
const BINARY_GAIN = 2;
const DEGREES = 180 / Math.PI;
/** What of a humanoid says where the left side is, eyes or not. */
const EYES = ["leftEye", "rightEye"];
const ARMS = ["leftUpperArm", "rightUpperArm"];

/**
 * Decides what moves each expression of a VRM: ARKit's names among its custom ones (perfect sync), else its presets.
 * @param {VrmLike} vrm
 * @param {MorphMap} map
 * @param {Set<string>} schemes
 * @returns {TargetTerms[]}
 */
export function planVrm({ expressionManager }, map, schemes) {
  const expressions = expressionManager?.expressionMap ?? {};
  const names = Object.keys(expressions).filter((name) => usable(name, expressions[name]));
  return planTargets(names, map, schemes, [["vrm", PRESETS]]).map((row) => ({
    ...row,
    terms: expressions[row.target].isBinary ? row.terms.map(doubled) : row.terms,
  }));
}

/**
 * An expression without binds moves nothing; a mood that is all or nothing, or blocks the mouth, is not for speech.
 * @param {string} name
 * @param {ExpressionLike} expression
 */
function usable(name, { binds, isBinary, overrideMouth, overrideBlink }) {
  if (binds.length === 0) return false;
  return !MOODS.includes(name) || (!isBinary && overrideMouth === "none" && overrideBlink === "none");
}

/** @param {Term} term */
const doubled = ({ shape, gain }) => ({ shape, gain: gain * BINARY_GAIN });

/** Moves the expressions of a VRM, each of them alone: what they do to meshes and materials is three-vrm's. */
export class VrmExpressions {
  #manager;
  #names;
  #blend;

  /** @param {ExpressionManagerLike} manager @param {readonly TargetTerms[]} rows */
  constructor(manager, rows) {
    this.#manager = manager;
    this.#names = rows.map((row) => row.target);
    this.#blend = new ChannelMixer(rows.map((row) => row.terms));
  }

  /** @param {Float32Array} face a bound one */
  write(face) {
    this.#blend.mix(face);
    for (let i = 0; i < this.#names.length; i++)
      this.#manager.setValue(this.#names[i], this.#blend.values[i]);
  }

  release() {
    for (const name of this.#names) this.#manager.setValue(name, 0);
  }
}

/** Lets a VRM look where the shapes say, unless the app lets it look at something. */
export class VrmLookAt {
  #lookAt;
  #gaze = new GazeAngles();

  /** @param {LookAtLike} lookAt */
  constructor(lookAt) {
    this.#lookAt = lookAt;
  }

  /** @param {Float32Array} face */
  write(face) {
    if (this.#lookAt.target) return;
    this.#gaze.read(face);
    this.#lookAt.yaw = this.#gaze.yaw * DEGREES;
    this.#lookAt.pitch = this.#gaze.pitch * DEGREES;
  }

  release() {
    if (!this.#lookAt.target) this.#lookAt.yaw = this.#lookAt.pitch = 0;
  }
}

/**
 * Whether its gaze can move without ARKit's shapes: by two eye bones, or expressions that do something.
 * @param {VrmLike} vrm
 * @param {ReadonlySet<string>} found ARKit shapes
 */
export function looksAbout({ lookAt, humanoid, expressionManager }, found) {
  if (!lookAt || GAZE_SHAPES.some((name) => found.has(name))) return false;
  if (!lookAt.applier.expressions) return humanoid.getNormalizedBoneNode("leftEye") !== null;
  return (expressionManager?.expressionMap.lookLeft?.binds.length ?? 0) > 0;
}

/**
 * The sides of a VRM, by its humanoid: names may be any.
 * @param {VrmLike} vrm
 * @returns {Pair[]} eyes, then arms, those that it has
 */
export function pairsOfVrm(vrm) {
  return [eyesOfVrm(vrm), pairOf(vrm, ARMS)].filter((pair) => pair !== null);
}

/** @param {VrmLike} vrm */
export const eyesOfVrm = (vrm) => pairOf(vrm, EYES);

/** @param {VrmLike} vrm @param {string[]} names @returns {Pair | null} */
function pairOf({ humanoid }, names) {
  const [left, right] = names.map((name) => humanoid.getNormalizedBoneNode(name));
  return left && right ? [left, right] : null;
}
