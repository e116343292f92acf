import { Binding } from "../avatar/binding.js";
import { A2FError, requireArgument } from "../errors.js";
import { FACE_WIDTH } from "../face/oculus.js";
import { Glb } from "./glb.js";

/**
 * @typedef {import("./take.js").Take} Take
 * @typedef {object} Actor A node with morph targets, as the client's binding sees it.
 * @property {number} node
 * @property {string} name
 * @property {Record<string, number>} morphTargetDictionary
 * @property {number[]} morphTargetInfluences
 */

/**
 * Puts a take into the avatar's own GLB, as an animation of the morph targets that the client would move. Meshes,
 * textures and compression stay as they are, byte for byte.
 * @param {Take} take
 * @param {ArrayBuffer | Uint8Array} glb the avatar's file
 * @param {{fps?: number, map?: import("../types.js").MorphMap, name?: string}} [options] fps: keys a second; map: as
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
      "Nothing in this GLB can carry the animation: it has no morph targets whose names are known. Keep CSV or JSON instead.",
    );
  const outputs = played(take, moved, map, count, fps);
  file.document.animations ??= [];
  file.document.animations.push({ name, ...tracks(file, moved, outputs, count, fps) });
  return file.bytes();
}

/**
 * The meshes with targets that have names; a list of another length names nothing, as in Three.js.
 * @param {any} document of a GLB
 * @returns {Actor[]}
 */
function actorsOf({ nodes = [], meshes = [], accessors = [] }) {
  return nodes.flatMap(
    (/** @type {any} */ { mesh: index, weights, name = "" }, /** @type {number} */ node) => {
      const mesh = meshes[index];
      const count = mesh?.primitives?.[0]?.targets?.length ?? 0;
      const names = mesh?.extras?.targetNames ?? mesh?.primitives?.[0]?.extras?.targetNames;
      if (count === 0 || !Array.isArray(names) || names.length !== count) return [];
      const dictionary = Object.fromEntries(
        names
          .map((each, i) => /** @type {[string, number]} */ ([each, i]))
          .filter(([, i]) => moves(mesh.primitives, i, accessors)),
      );
      const rest = weights ?? mesh.weights ?? new Array(count).fill(0);
      return [{ node, name, morphTargetDictionary: dictionary, morphTargetInfluences: [...rest] }];
    },
  );
}

/**
 * Whether a morph target moves something; a binding leaves alone those that do not.
 * @param {any[]} primitives of one mesh
 * @param {number} target
 * @param {any[]} accessors
 */
function moves(primitives, target, accessors) {
  return primitives.some(({ targets }) => {
    if (!targets?.[target]) return false;
    const { min, max } = accessors[targets[target].POSITION] ?? {};
    return !min || !max || [...min, ...max].some((value) => value !== 0);
  });
}

/**
 * Lets the client's own binding move the actors through the take.
 * @param {Take} take
 * @param {Actor[]} actors
 * @param {import("../types.js").MorphMap} map
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
 * @param {Actor[]} actors
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
  const channels = actors.map(({ node, morphTargetDictionary, morphTargetInfluences }, i) => {
    const key = JSON.stringify([morphTargetDictionary, morphTargetInfluences]);
    const sampler = known.get(key) ?? samplers.length;
    if (sampler === samplers.length)
      samplers.push({ input, output: file.addScalars(outputs[i]), interpolation: "LINEAR" });
    known.set(key, sampler);
    return { sampler, target: { node, path: "weights" } };
  });
  return { samplers, channels };
}
