import { Binding } from "../avatar/binding.js";
import { movingTargets, noiseOf } from "../avatar/targets.js";
import { A2FError, requireArgument } from "../errors.js";
import { FACE_WIDTH } from "../oculus.js";
import { Glb } from "./glb.js";

/**
 * @import { MorphMap, MorphMesh } from "../types.js"
 * @import { Take } from "./take.js"
 */

/** What stands for 1 in a normalized accessor, by its component type. @type {Record<number, number>} */
const FULL = { 5120: 127, 5121: 255, 5122: 32767, 5123: 65535 };

/**
 * @typedef {object} BakeMesh A node with morph targets, as the client's binding sees it.
 * @property {number} node
 * @property {string} name
 * @property {MorphMesh["geometry"]} geometry
 * @property {Record<string, number>} morphTargetDictionary
 * @property {number[]} morphTargetInfluences
 */

/**
 * Puts a take into the avatar's own GLB, as an animation of the morph targets that the client would move. Meshes,
 * textures and compression stay as they are, byte for byte.
 * @param {Take} take
 * @param {ArrayBuffer | Uint8Array} glb the avatar's file
 * @param {{fps?: number, map?: MorphMap, name?: string}} [options] fps: keys a second; map: as
 *   in `initializeWithScene`; name: of the animation
 * @returns {Uint8Array<ArrayBuffer>} a GLB
 */
export function bakeTake(take, glb, { fps = 30, map = {}, name = "take" } = {}) {
  const count = take.count(fps);
  requireArgument(count > 0, "This take is empty; let something be spoken first.");
  const file = new Glb(glb);
  const actors = actorsOf(file.document);
  const moved = actors.filter((actor) => new Binding(actor, map).report.meshes > 0);
  if (moved.length === 0)
    throw new A2FError(
      "bad_argument",
      "Nothing in this GLB can carry the animation: it has no morph targets whose names are known, and a VRM's expressions cannot be baked. Keep CSV or JSON instead.",
    );
  const outputs = played(take, moved, map, count, fps);
  file.document.animations ??= [];
  file.document.animations.push({ name, ...tracks(file, moved, outputs, count, fps) });
  return file.bytes();
}

/**
 * The meshes with targets that have names; a list of another length names nothing, as in Three.js.
 * @param {any} document of a GLB
 * @returns {BakeMesh[]}
 */
function actorsOf({ nodes = [], meshes = [], accessors = [] }) {
  return nodes.flatMap(
    (/** @type {any} */ { mesh: index, weights, name = "" }, /** @type {number} */ node) => {
      const mesh = meshes[index];
      const count = mesh?.primitives?.[0]?.targets?.length ?? 0;
      const names = mesh?.extras?.targetNames ?? mesh?.primitives?.[0]?.extras?.targetNames;
      if (count === 0 || !Array.isArray(names) || names.length !== count) return [];
      const parts = mesh.primitives.map((/** @type {any} */ each) => movesOf(each, accessors));
      const position = names.map((_, i) => sample(parts.some((/** @type {boolean[]} */ moves) => moves[i])));
      const geometry = { morphTargetsRelative: true, morphAttributes: { position } };
      const morphTargetDictionary = Object.fromEntries(names.map((each, i) => [each, i]));
      const rest = weights ?? mesh.weights ?? new Array(count).fill(0);
      return [{ node, name, geometry, morphTargetDictionary, morphTargetInfluences: [...rest] }];
    },
  );
}

/** One vertex of a morph target, for the binding. @param {boolean} moves whether the target moves something */
function sample(moves) {
  const at = () => Number(moves);
  return { count: 1, getX: at, getY: at, getZ: at };
}

/**
 * Which morph targets move something; a binding leaves alone those that do not.
 * @param {any} primitive of a mesh
 * @param {any[]} accessors
 * @returns {boolean[]}
 */
function movesOf({ attributes, targets = [] }, accessors) {
  const reaches = targets.map((/** @type {any} */ { POSITION }) => {
    const { low, high } = boxOf(accessors[POSITION]);
    return Math.max(...[...low, ...high].map(Math.abs));
  });
  const { low, high } = boxOf(accessors[attributes?.POSITION]);
  const noise = noiseOf(reaches, Math.max(...high.map((value, axis) => value - low[axis])));
  return reaches.map((/** @type {number} */ reach) => reach > noise);
}

/**
 * The bounds that a file gives; without bounds where it gives none.
 * @param {any} accessor of positions; normalized integers have their bounds as integers
 * @returns {{low: number[], high: number[]}}
 */
function boxOf({ min, max, normalized, componentType } = /** @type {any} */ ({})) {
  if (!min || !max) return { low: [Number.NEGATIVE_INFINITY], high: [Number.POSITIVE_INFINITY] };
  const unit = normalized ? FULL[componentType] : 1;
  const scaled = (/** @type {number[]} */ bounds) => bounds.map((value) => value / unit);
  return { low: scaled(min), high: scaled(max) };
}

/**
 * Lets the client's own binding move the actors through the take.
 * @param {Take} take
 * @param {BakeMesh[]} actors
 * @param {MorphMap} map
 * @param {number} count frames
 * @param {number} fps
 * @returns {Float32Array[]} for each actor count × its targets
 */
function played(take, actors, map, count, fps) {
  const binding = new Binding(actors, map);
  const face = new Float32Array(FACE_WIDTH);
  const outputs = actors.map((actor) => new Float32Array(count * actor.morphTargetInfluences.length));
  for (let frame = 0; frame < count; frame++) {
    take.faceAt(frame / fps, face);
    binding.write(face);
    actors.forEach(({ morphTargetInfluences: weights }, i) => {
      outputs[i].set(weights, frame * weights.length);
    });
  }
  return outputs;
}

/**
 * @param {Glb} file
 * @param {BakeMesh[]} actors
 * @param {Float32Array[]} outputs
 * @param {number} count frames
 * @param {number} fps
 */
function tracks(file, actors, outputs, count, fps) {
  const times = Float32Array.from({ length: count }, (_, frame) => frame / fps);
  const input = file.addScalars(times, { min: [times[0]], max: [times[count - 1]] });
  /** @type {{input: number, output: number, interpolation: "LINEAR"}[]} */
  const samplers = [];
  /** Meshes with the same targets move alike, so they share their numbers. @type {Map<string, number>} */
  const known = new Map();
  const channels = actors.map((actor, i) => {
    const { node, morphTargetDictionary, morphTargetInfluences } = actor;
    const key = JSON.stringify([morphTargetDictionary, movingTargets(actor), morphTargetInfluences]);
    const sampler = known.get(key) ?? samplers.length;
    if (sampler === samplers.length)
      samplers.push({ input, output: file.addScalars(outputs[i]), interpolation: "LINEAR" });
    known.set(key, sampler);
    return { sampler, target: { node, path: "weights" } };
  });
  return { samplers, channels };
}
