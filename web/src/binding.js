import { BLENDSHAPES, SHAPE_INDEX } from "./arkit.js";
import { requireArgument } from "./errors.js";
import { arkitOf, deriveOculus, FACE_WIDTH } from "./oculus.js";
import { planMesh } from "./plan.js";

/**
 * @typedef {import("./types.js").MorphMesh} MorphMesh
 * @typedef {import("./plan.js").Row} Row
 * @typedef {{mesh: MorphMesh, targets: Int16Array, ends: Int16Array, shapes: Int16Array, gains: Float32Array}} Bound
 */

/**
 * The morph targets that one client moves. Each target has exactly one writer: one row of weighted shapes,
 * flattened into typed arrays so that a tick allocates nothing.
 */
export class Binding {
  /** @type {Bound[]} */
  #bound = [];
  #face = new Float32Array(FACE_WIDTH);
  /** @type {import("./types.js").BindingReport} */
  report = { found: [], missing: [...BLENDSHAPES], meshes: 0, schemes: [] };

  /**
   * @param {unknown} target a scene, a mesh, or an array of either
   * @param {import("./types.js").MorphMap} [map]
   */
  constructor(target, map = {}) {
    checkMap(map);
    const found = new Set();
    const schemes = new Set();
    for (const mesh of meshesOf(target)) {
      const rows = planMesh(Object.keys(mesh.morphTargetDictionary ?? {}), map, schemes);
      for (const { shape, gain } of rows.flatMap((row) => row.terms))
        if (gain > 0) for (const arkit of arkitOf(shape)) found.add(BLENDSHAPES[arkit]);
      if (rows.length > 0) this.#bound.push(flatten(mesh, rows));
    }
    this.report = {
      found: BLENDSHAPES.filter((name) => found.has(name)),
      missing: BLENDSHAPES.filter((name) => !found.has(name)),
      meshes: this.#bound.length,
      schemes: [...schemes],
    };
  }

  /** @param {Float32Array} weights 0–1: a whole face, or the 52 of ARKit, from which the visemes follow */
  write(weights) {
    const face = weights.length === FACE_WIDTH ? weights : this.#whole(weights);
    for (let i = 0; i < this.#bound.length; i++) writeMesh(this.#bound[i], face);
  }

  /** Puts every target that it moves back to 0. */
  release() {
    for (const { mesh, targets } of this.#bound) {
      for (const target of targets) if (mesh.morphTargetInfluences) mesh.morphTargetInfluences[target] = 0;
    }
  }

  /** @param {Float32Array} weights */
  #whole(weights) {
    this.#face.set(weights);
    deriveOculus(this.#face);
    return this.#face;
  }
}

/**
 * @param {Bound} bound
 * @param {Float32Array} weights a whole face
 */
function writeMesh(bound, weights) {
  const influences = bound.mesh.morphTargetInfluences;
  if (!influences) return;
  const { targets, ends, shapes, gains } = bound;
  for (let row = 0, term = 0; row < targets.length; row++) {
    let value = 0;
    for (; term < ends[row]; term++) value += weights[shapes[term]] * gains[term];
    influences[targets[row]] = Math.min(1, Math.max(0, value));
  }
}

/**
 * @param {MorphMesh} mesh
 * @param {Row[]} rows
 * @returns {Bound}
 */
function flatten(mesh, rows) {
  const dictionary = /** @type {Record<string, number>} */ (mesh.morphTargetDictionary);
  const terms = rows.flatMap((row) => row.terms);
  let end = 0;
  return {
    mesh,
    targets: Int16Array.from(rows, (row) => dictionary[row.target]),
    ends: Int16Array.from(rows, (row) => {
      end += row.terms.length;
      return end;
    }),
    shapes: Int16Array.from(terms, (term) => term.shape),
    gains: Float32Array.from(terms, (term) => term.gain),
  };
}

/**
 * @param {unknown} target
 * @returns {Set<MorphMesh>}
 */
function meshesOf(target) {
  /** @type {Set<MorphMesh>} */
  const meshes = new Set();
  /** @param {any} object */
  const visit = (object) => {
    if (object?.morphTargetDictionary && object.morphTargetInfluences) meshes.add(object);
  };
  for (const root of Array.isArray(target) ? target : [target]) {
    requireArgument(root && typeof root === "object", "initializeWithScene() needs a scene or a mesh.");
    if (typeof root.traverse === "function") root.traverse(visit);
    else visit(root);
  }
  return meshes;
}

/** @param {import("./types.js").MorphMap} map */
function checkMap(map) {
  for (const name of Object.keys(map)) {
    requireArgument(SHAPE_INDEX.has(name), `map names "${name}", which is not an ARKit blendshape.`);
  }
}
