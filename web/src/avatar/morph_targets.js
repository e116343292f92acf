import { ChannelMixer } from "./channel_mixer.js";
import { callBefore, SharedValues } from "./shared_values.js";

/**
 * @import { MorphMesh } from "../types.js"
 * @import { TargetTerms } from "./plan.js"
 */

/** Methods of a Three.js mesh that are called just before it is drawn. */
const DRAWN = ["onBeforeRender", "onBeforeShadow"];

/** Writes the morph targets of one mesh. */
export class MorphTargets {
  #mesh;
  #targets;
  #blend;
  #values;
  /** @type {(() => void)[]} */
  #unhooks = [];

  /**
   * @param {MorphMesh} mesh
   * @param {readonly TargetTerms[]} rows
   */
  constructor(mesh, rows) {
    const dictionary = /** @type {Record<string, number>} */ (mesh.morphTargetDictionary);
    this.#mesh = mesh;
    this.#targets = Int16Array.from(rows, (row) => dictionary[row.target]);
    this.#blend = new ChannelMixer(rows.map((row) => row.terms));
    this.#values = new SharedValues(rows.length, this.#access(), () => this.#hook());
  }

  /** True if something else overwrites the targets before they are drawn. */
  get overwritten() {
    return this.#values.overwritten;
  }

  /** @param {Float32Array} face all channels */
  write(face) {
    if (!this.#mesh.morphTargetInfluences) return;
    this.#blend.mix(face);
    this.#values.write(this.#blend.values);
  }

  release() {
    for (const unhook of this.#unhooks.splice(0)) unhook();
    const influences = this.#mesh.morphTargetInfluences;
    if (influences) for (const target of this.#targets) influences[target] = 0;
  }

  #hook() {
    const restore = () => {
      if (this.#mesh.morphTargetInfluences) this.#values.restore();
    };
    this.#unhooks = DRAWN.map((method) => callBefore(this.#mesh, method, restore));
  }

  #access() {
    // The app may replace the array.
    const influences = () => /** @type {number[]} */ (this.#mesh.morphTargetInfluences);
    return {
      get: (/** @type {number} */ i) => influences()[this.#targets[i]],
      set: (/** @type {number} */ i, /** @type {number} */ value) => {
        influences()[this.#targets[i]] = value;
      },
    };
  }
}
