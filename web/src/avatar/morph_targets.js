import { ChannelMixer } from "./channel_mixer.js";

/**
 * @import { MorphMesh } from "../types.js"
 * @import { TargetTerms } from "./plan.js"
 */

/** Writes the morph targets of one mesh. */
export class MorphTargets {
  #mesh;
  #targets;
  #blend;

  /**
   * @param {MorphMesh} mesh
   * @param {readonly TargetTerms[]} rows
   */
  constructor(mesh, rows) {
    const dictionary = /** @type {Record<string, number>} */ (mesh.morphTargetDictionary);
    this.#mesh = mesh;
    this.#targets = Int16Array.from(rows, (row) => dictionary[row.target]);
    this.#blend = new ChannelMixer(rows.map((row) => row.terms));
  }

  /** @param {Float32Array} face all channels */
  write(face) {
    const influences = this.#mesh.morphTargetInfluences;
    if (!influences) return;
    this.#blend.mix(face);
    for (let i = 0; i < this.#targets.length; i++) influences[this.#targets[i]] = this.#blend.values[i];
  }

  release() {
    const influences = this.#mesh.morphTargetInfluences;
    if (influences) for (const target of this.#targets) influences[target] = 0;
  }
}
