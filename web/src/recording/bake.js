import { checkedOptions, checkedText } from "../argument_checks.js";
import { Binding } from "../avatar/binding.js";
import { movingTargets, noiseOf } from "../avatar/targets.js";
import { A2FError, requireArgument } from "../errors.js";
import { FACE_WIDTH } from "../oculus.js";
import { Glb } from "./glb.js";

/**
 * @import { MorphMap, MorphMesh } from "../types.js"
 * @import { Take } from "./take.js"
 */

/** Integer that stands for 1 in a normalized accessor, by component type. @type {Record<number, number>} */
const FULL = { 5120: 127, 5121: 255, 5122: 32767, 5123: 65535 };

/**
 * @typedef {object} BakeMesh A node with morph targets, in the form that Binding expects.
 * @property {number} node
 * @property {string} name
 * @property {MorphMesh["geometry"]} geometry
 * @property {Record<string, number>} morphTargetDictionary
 * @property {number[]} morphTargetInfluences
 */

/**
 * Adds a take to the avatar's GLB as an animation of the morph targets that the client would move. Meshes,
 * textures and compression are kept byte for byte.
 * @param {Take} take
 * @param {ArrayBuffer | Uint8Array} glb content of the avatar's file
 * @param {{fps?: number, map?: MorphMap, name?: string}} [options] fps: keys per second; map: as in
 *   `initializeWithScene`; name: of the animation
 * @returns {Uint8Array<ArrayBuffer>} content of the new GLB
 */
export function bakeTake(take, glb, options) {
  const { fps = 30, map = {}, name = "take" } = checkedOptions("bakeTake()", options, ["fps", "map", "name"]);
  requireArgument(typeof take?.count === "function", "bakeTake() needs a take; see keepTake.");
  checkedText("name", name);
  const count = take.count(fps);
  requireArgument(count > 0, "This take is empty; record an utterance first.");
  const file = new Glb(glb);
  const meshes = meshesOf(file.document);
  const bound = meshes.filter((mesh) => new Binding(mesh, map).report.meshes > 0);
  if (bound.length === 0)
    throw new A2FError(
      "bad_argument",
      "Nothing in this GLB can be animated: it has no morph targets with known names, and a VRM's expressions cannot be baked. Export CSV or JSON instead.",
    );
  const outputs = recordTargets(take, bound, map, count, fps);
  file.document.animations ??= [];
  file.document.animations.push({ name, ...tracks(file, bound, outputs, count, fps) });
  return file.bytes();
}

/**
 * Returns the meshes with named targets. As in Three.js, a list of names of the wrong length is ignored.
 * @param {any} document JSON of the GLB
 * @returns {BakeMesh[]}
 */
function meshesOf({ nodes = [], meshes = [], accessors = [] }) {
  return nodes.flatMap(
    (/** @type {any} */ { mesh: index, weights, name = "" }, /** @type {number} */ node) => {
      const mesh = meshes[index];
      const count = mesh?.primitives?.[0]?.targets?.length ?? 0;
      const names = mesh?.extras?.targetNames ?? mesh?.primitives?.[0]?.extras?.targetNames;
      if (count === 0 || !Array.isArray(names) || names.length !== count) return [];
      const parts = mesh.primitives.map((/** @type {any} */ each) => movingTargetsOf(each, accessors));
      const position = names.map((_, i) => sample(parts.some((/** @type {boolean[]} */ moves) => moves[i])));
      const geometry = { morphTargetsRelative: true, morphAttributes: { position } };
      const morphTargetDictionary = Object.fromEntries(names.map((each, i) => [each, i]));
      const rest = weights ?? mesh.weights ?? new Array(count).fill(0);
      return [{ node, name, geometry, morphTargetDictionary, morphTargetInfluences: [...rest] }];
    },
  );
}

/**
 * Returns a single vertex of a morph target, for Binding.
 * @param {boolean} moves whether the target moves anything
 */
function sample(moves) {
  const at = () => Number(moves);
  return { count: 1, getX: at, getY: at, getZ: at };
}

/**
 * Returns for each morph target whether it moves anything; Binding ignores those that do not.
 * @param {any} primitive of a mesh
 * @param {any[]} accessors
 * @returns {boolean[]}
 */
function movingTargetsOf({ attributes, targets = [] }, accessors) {
  const reaches = targets.map((/** @type {any} */ { POSITION }) => {
    const { low, high } = boxOf(accessors[POSITION]);
    return Math.max(...[...low, ...high].map(Math.abs));
  });
  const { low, high } = boxOf(accessors[attributes?.POSITION]);
  const noise = noiseOf(reaches, Math.max(...high.map((value, axis) => value - low[axis])));
  return reaches.map((/** @type {number} */ reach) => reach > noise);
}

/**
 * Returns the bounds of an accessor; infinite if the file has none.
 * @param {any} accessor accessor of positions; bounds of normalized integers are integers
 * @returns {{low: number[], high: number[]}}
 */
function boxOf({ min, max, normalized, componentType } = /** @type {any} */ ({})) {
  if (!min || !max) return { low: [Number.NEGATIVE_INFINITY], high: [Number.POSITIVE_INFINITY] };
  const unit = normalized ? FULL[componentType] : 1;
  const scaled = (/** @type {number[]} */ bounds) => bounds.map((value) => value / unit);
  return { low: scaled(min), high: scaled(max) };
}

/**
 * Plays the take through a Binding and records the morph targets of each mesh.
 * @param {Take} take
 * @param {BakeMesh[]} meshes
 * @param {MorphMap} map
 * @param {number} count number of frames
 * @param {number} fps
 * @returns {Float32Array[]} for each mesh, count × number of targets
 */
function recordTargets(take, meshes, map, count, fps) {
  const binding = new Binding(meshes, map);
  const face = new Float32Array(FACE_WIDTH);
  const outputs = meshes.map((mesh) => new Float32Array(count * mesh.morphTargetInfluences.length));
  for (let frame = 0; frame < count; frame++) {
    take.faceAt(frame / fps, face);
    binding.write(face);
    meshes.forEach(({ morphTargetInfluences: weights }, i) => {
      outputs[i].set(weights, frame * weights.length);
    });
  }
  return outputs;
}

/**
 * @param {Glb} file
 * @param {BakeMesh[]} meshes
 * @param {Float32Array[]} outputs
 * @param {number} count number of frames
 * @param {number} fps
 */
function tracks(file, meshes, outputs, count, fps) {
  const times = Float32Array.from({ length: count }, (_, frame) => frame / fps);
  const input = file.addScalars(times, { min: [times[0]], max: [times[count - 1]] });
  /** @type {{input: number, output: number, interpolation: "LINEAR"}[]} */
  const samplers = [];
  /** Meshes with identical targets share an animation sampler. @type {Map<string, number>} */
  const known = new Map();
  const channels = meshes.map((mesh, i) => {
    const { node, morphTargetDictionary, morphTargetInfluences } = mesh;
    const key = JSON.stringify([morphTargetDictionary, movingTargets(mesh), morphTargetInfluences]);
    const sampler = known.get(key) ?? samplers.length;
    if (sampler === samplers.length)
      samplers.push({ input, output: file.addScalars(outputs[i]), interpolation: "LINEAR" });
    known.set(key, sampler);
    return { sampler, target: { node, path: "weights" } };
  });
  return { samplers, channels };
}
