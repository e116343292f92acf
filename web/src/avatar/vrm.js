import { ChannelMixer } from "./channel_mixer.js";
import { GAZE_SHAPES, GazeAngles } from "./gaze.js";
import { planTargets } from "./plan.js";
import { callBefore, SharedValues } from "./shared_values.js";
import { EMOTION_PRESETS, VRM_TABLES } from "./stand_ins.js";

/**
 * @import { Term } from "../oculus.js"
 * @import { ExpressionLike, ExpressionManagerLike, LookAtLike, MorphMap, VrmLike } from "../types.js"
 * @import { TargetTerms } from "./plan.js"
 * @import { Pair } from "./sides.js"
 */

/** A binary expression switches at 0.5, which a single vowel rarely exceeds in speech. */
const BINARY_GAIN = 2;
const DEGREES = 180 / Math.PI;
/** Humanoid bones that reveal the left side. */
const EYES = ["leftEye", "rightEye"];
const ARMS = ["leftUpperArm", "rightUpperArm"];

/**
 * Decides what moves each expression of a VRM: custom expressions with ARKit names (perfect sync), else
 * presets.
 * @param {VrmLike} vrm
 * @param {MorphMap} map
 * @param {Set<string>} schemes
 * @returns {TargetTerms[]}
 */
export function planVrm({ expressionManager }, map, schemes) {
  const expressions = expressionManager?.expressionMap ?? {};
  const names = Object.keys(expressions).filter((name) => usable(name, expressions[name]));
  return planTargets(names, map, schemes, VRM_TABLES).map((row) => ({
    ...row,
    terms: expressions[row.target].isBinary ? row.terms.map(doubled) : row.terms,
  }));
}

/**
 * Returns false for expressions without binds, and for emotions that are binary or block the mouth.
 * @param {string} name
 * @param {ExpressionLike} expression
 */
function usable(name, { binds, isBinary, overrideMouth, overrideBlink }) {
  if (binds.length === 0) return false;
  return (
    !EMOTION_PRESETS.includes(name) || (!isBinary && overrideMouth === "none" && overrideBlink === "none")
  );
}

/** @param {Term} term */
const doubled = ({ shape, gain }) => ({ shape, gain: gain * BINARY_GAIN });

/** Sets the expressions of a VRM; three-vrm applies them to meshes and materials when the app updates the VRM. */
export class VrmExpressions {
  #manager;
  #names;
  #blend;
  #values;
  #unhook = () => {};

  /** @param {ExpressionManagerLike} manager @param {readonly TargetTerms[]} rows */
  constructor(manager, rows) {
    this.#manager = manager;
    this.#names = rows.map((row) => row.target);
    this.#blend = new ChannelMixer(rows.map((row) => row.terms));
    this.#values = new SharedValues(rows.length, this.#access(), () => {
      this.#unhook = callBefore(manager, "update", () => this.#values.restore());
    });
  }

  /** True if something else overwrites the expressions before they are applied. */
  get overwritten() {
    return this.#values.overwritten;
  }

  /** @param {Float32Array} face a bound one */
  write(face) {
    this.#blend.mix(face);
    this.#values.write(this.#blend.values);
  }

  release() {
    this.#unhook();
    for (const name of this.#names) this.#manager.setValue(name, 0);
  }

  #access() {
    const [manager, names] = [this.#manager, this.#names];
    return {
      get: (/** @type {number} */ i) => manager.expressionMap[names[i]]?.weight ?? Number.NaN,
      set: (/** @type {number} */ i, /** @type {number} */ value) => manager.setValue(names[i], value),
    };
  }
}

/** Sets the look-at of a VRM from the gaze shapes, unless the app has set a target. */
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
 * Returns true if the gaze can move without ARKit shapes: with two eye bones, or with expressions.
 * @param {VrmLike} vrm
 * @param {ReadonlySet<string>} found ARKit shapes that the avatar can show
 */
export function canLookAround({ lookAt, humanoid, expressionManager }, found) {
  if (!lookAt || GAZE_SHAPES.some((name) => found.has(name))) return false;
  if (!lookAt.applier.expressions) return humanoid.getNormalizedBoneNode("leftEye") !== null;
  return (expressionManager?.expressionMap.lookLeft?.binds.length ?? 0) > 0;
}

/**
 * Returns left and right nodes from a VRM's humanoid, whatever their names.
 * @param {VrmLike} vrm
 * @returns {Pair[]} eyes, then arms, as far as present
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
