import { BLENDSHAPES, SHAPE_INDEX, shapeIndex } from "../arkit.js";
import { requireArgument } from "../errors.js";
import { BOUND_WIDTH, FACE_WIDTH } from "../oculus.js";
import { unknownNames } from "../option_names.js";
import { matchShape } from "../shape_names.js";
import { arkitShapesOf, VisemeFit } from "../viseme_animation/fit.js";
import { adviceFor, OVERWRITTEN, problemOf } from "./advice.js";
import { GAZE_SHAPES } from "./gaze.js";
import { jawOf } from "./jaw_bone.js";
import { MorphTargets } from "./morph_targets.js";
import { BESIDE, isTurnable } from "./pivot.js";
import { planTargets } from "./plan.js";
import { SceneParts } from "./scene_parts.js";
import { eyesOf, pairsOf } from "./sides.js";
import { EyeBones, JawBone } from "./skeleton.js";
import { tablesFor } from "./stand_ins.js";
import { movingTargets } from "./targets.js";
import { canLookAround, pairsOfVrm, planVrm, VrmExpressions, VrmLookAt } from "./vrm.js";

/**
 * @import { BlendshapeName } from "../arkit.js"
 * @import { BindingReport, MorphMap, MorphMesh, VrmLike } from "../types.js"
 * @import { TargetTerms } from "./plan.js"
 */

/**
 * @typedef {{write: (face: Float32Array) => void, release: () => void, overwritten?: boolean}} FaceWriter
 */

/**
 * A smaller share tints a target (for example an emotion of a VRM) but does not count as showing the shape.
 */
const MIN_SHARE = 0.3;
const JAW = shapeIndex("jawOpen");

/** Everything that one client moves. Each morph target, expression and bone has exactly one writer. */
export class Binding {
  /** @type {FaceWriter[]} */
  #writers = [];
  #face = new Float32Array(BOUND_WIDTH);
  /** Created if a target needs it. @type {VisemeFit | null} */
  #vowels = null;
  #visemes = VisemeFit.ofAll();
  /** ARKit shapes that the avatar can show. @type {Set<string>} */
  #found = new Set();
  /** True if a real jaw shape opens the mouth, not a substitute. */
  #jaw = false;
  /** @type {Set<string>} */
  #schemes = new Set();
  #overwritten = false;
  /** @type {BindingReport} */
  report;

  /**
   * @param {unknown} target a scene, a glTF, a mesh, a VRM, or an array of them
   * @param {MorphMap} [map]
   */
  constructor(target, map = {}) {
    checkMap(map);
    const parts = new SceneParts(target);
    const moving = new Map([...parts.meshes].map((mesh) => [mesh, movingTargets(mesh)]));
    const opens = [...moving.values()].some(hasJaw);
    for (const [mesh, targets] of moving) this.#bindMesh(mesh, targets, opens, map);
    const meshes = this.#writers.length;
    for (const vrm of parts.vrms) this.#bindVrm(vrm, map);
    this.#bindBones(parts, map);
    this.report = this.#describe(meshes, parts, moving, map);
  }

  /**
   * @param {Float32Array} weights 0–1: a full face, or 52 ARKit weights from which the visemes are derived
   */
  write(weights) {
    this.#face.set(weights);
    if (weights.length < FACE_WIDTH) this.#visemes.write(this.#face);
    this.#vowels?.write(this.#face);
    for (let i = 0; i < this.#writers.length; i++) this.#writers[i].write(this.#face);
  }

  /**
   * Notices once if something else overwrites the face before it is drawn, on every tick.
   * @returns {string | null} advice, which is added to the report
   */
  noticeOverwriting() {
    if (this.#overwritten || !this.#writers.some((writer) => writer.overwritten)) return null;
    this.#overwritten = true;
    this.report.advice = [this.report.advice, OVERWRITTEN].filter(Boolean).join(" ");
    return OVERWRITTEN;
  }

  /** Resets shapes and expressions to 0 and bones to their rest pose. */
  release() {
    for (const writer of this.#writers) writer.release();
  }

  /**
   * Binds a mesh. If another mesh has a moving jaw and this one (eyes, for example) does not, it is not part
   * of the mouth.
   * @param {MorphMesh} mesh
   * @param {readonly string[]} targets targets that move something
   * @param {boolean} opens whether any mesh has a moving jaw
   * @param {MorphMap} map
   */
  #bindMesh(mesh, targets, opens, map) {
    const all = Object.keys(mesh.morphTargetDictionary ?? {});
    const still = opens && !hasJaw(targets) && hasJaw(all);
    const own = still ? { jawOpen: null, ...map } : map;
    const rows = planTargets(targets, own, this.#schemes, tablesFor(all));
    this.#note(rows);
    if (rows.length > 0) this.#writers.push(new MorphTargets(mesh, rows));
  }

  /** @param {VrmLike} vrm @param {MorphMap} map */
  #bindVrm(vrm, map) {
    const rows = planVrm(vrm, map, this.#schemes);
    this.#note(rows);
    if (vrm.expressionManager && rows.length > 0)
      this.#writers.push(new VrmExpressions(vrm.expressionManager, rows));
    if (vrm.lookAt && canLookAround(vrm, this.#found))
      this.#add("look-at", GAZE_SHAPES, new VrmLookAt(vrm.lookAt));
    const jaw = vrm.humanoid.getNormalizedBoneNode("jaw");
    if (jaw && this.#lacks("jawOpen", map))
      this.#add("jaw-bone", ["jawOpen"], new JawBone(jaw, pairsOfVrm(vrm)));
  }

  /**
   * Binds bones for shapes that no target shows.
   * @param {SceneParts} parts
   * @param {MorphMap} map
   */
  #bindBones({ bones, skinned }, map) {
    const turnable = [...bones].filter((node) => isTurnable(node, BESIDE));
    const nodes = turnable.sort((a, b) => boneRank(b, skinned) - boneRank(a, skinned));
    const [jaw, pairs] = [jawOf(nodes, skinned), pairsOf(nodes)];
    const eyes = eyesOf(pairs);
    if (jaw && this.#lacks("jawOpen", map)) this.#add("jaw-bone", ["jawOpen"], new JawBone(jaw, pairs));
    if (eyes && GAZE_SHAPES.every((name) => this.#lacks(name, map)))
      this.#add("eye-bones", GAZE_SHAPES, new EyeBones(eyes, pairs));
  }

  /** @param {string} shape @param {MorphMap} map */
  #lacks(shape, map) {
    return !this.#found.has(shape) && map[/** @type {BlendshapeName} */ (shape)] !== null;
  }

  /**
   * @param {string} scheme
   * @param {readonly string[]} shapes
   * @param {FaceWriter} writer
   */
  #add(scheme, shapes, writer) {
    this.#schemes.add(scheme);
    for (const shape of shapes) this.#found.add(shape);
    this.#writers.push(writer);
  }

  /** @param {readonly TargetTerms[]} rows */
  #note(rows) {
    this.#jaw ||= rows.some(({ terms, standsIn }) => !standsIn && terms.some(({ shape }) => shape === JAW));
    for (const { shape, gain } of rows.flatMap((row) => row.terms)) {
      if (shape >= FACE_WIDTH) this.#vowels ??= VisemeFit.ofVowels();
      if (gain > MIN_SHARE) for (const arkit of arkitShapesOf(shape)) this.#found.add(BLENDSHAPES[arkit]);
    }
  }

  /**
   * @param {number} meshes number of bound meshes
   * @param {SceneParts} parts
   * @param {Map<MorphMesh, string[]>} moving
   * @param {MorphMap} map
   * @returns {BindingReport}
   */
  #describe(meshes, parts, moving, map) {
    const found = BLENDSHAPES.filter((name) => this.#found.has(name));
    const missing = BLENDSHAPES.filter((name) => !this.#found.has(name));
    const targets = [...moving.keys()].flatMap(targetsOf);
    const names = [...moving.values()].flat();
    const vrm = parts.vrms.size > 0;
    const mute = !vrm && !this.#found.has("jawOpen");
    const problem = mute ? problemOf({ meshes: parts.meshCount, targets, moving: names }) : null;
    const advice = adviceFor(found, this.#jaw ? new Set() : this.#schemes, vrm, { problem, moving: names });
    const unmapped = vrm ? "" : unmappedNames(map, targets);
    const words = [advice, unmapped].filter(Boolean).join(" ");
    return { found, missing, meshes, schemes: [...this.#schemes], problem, advice: words };
  }
}

/**
 * Returns the morph targets of a mesh.
 * @param {MorphMesh} mesh
 */
const targetsOf = ({ morphTargetDictionary = {} }) =>
  Object.entries(morphTargetDictionary).map(([name, index]) => ({ name, index }));

/**
 * Describes names in a map that no mesh has.
 * @param {MorphMap} map
 * @param {{name: string}[]} targets
 */
function unmappedNames(map, targets) {
  const known = targets.map(({ name }) => name);
  const wanted = Object.values(map).flatMap((names) => names ?? []);
  return unknownNames("morph target", wanted, known.length > 0 ? known : ["(none)"])
    .map((words) => `map: ${words}`)
    .join(" ");
}

/**
 * Ranks nodes of the same name: those that move a mesh first.
 * @param {any} node
 * @param {ReadonlySet<unknown>} skinned
 */
const boneRank = (node, skinned) => (skinned.has(node) ? 2 : node.isBone ? 1 : 0);

/** @param {readonly string[]} targets */
const hasJaw = (targets) => targets.some((target) => matchShape(target)?.shape === JAW);

/** @param {MorphMap} map */
function checkMap(map) {
  requireArgument(map && typeof map === "object" && !Array.isArray(map), "map must be an object of names.");
  for (const [name, targets] of Object.entries(map)) {
    requireArgument(SHAPE_INDEX.has(name), `map names "${name}", which is not an ARKit blendshape.`);
    const fit = targets === null || [targets].flat().every((target) => typeof target === "string");
    requireArgument(fit, `map.${name} must be the name of a morph target, an array of names, or null.`);
  }
}
