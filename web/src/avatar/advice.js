/** Features of a face, and the shapes of which at least one must move. @type {Record<string, RegExp>} */
const FEATURES = {
  lids: /^eyeBlink/,
  gaze: /^eyeLook/,
  brows: /^brow/,
  cheeks: /^cheek/,
  tongue: /^tongue/,
};

const PERFECT_SYNC =
  "Give the VRM the ARKit shapes (jawOpen, eyeBlinkLeft …) as custom expressions (“perfect sync”)";
const EXPORT = "Export the avatar with ARKit blend shapes (jawOpen, eyeBlinkLeft …)";
/** Advice for each way of moving the mouth. @type {[scheme: string, words: string, remedy: string][]} */
const MOUTHS = [
  ["visemes", "Only visemes move the mouth", EXPORT],
  ["vrm", "Only the presets of VRM move the mouth", PERFECT_SYNC],
  ["simple", "Only simple shapes move the mouth", EXPORT],
  ["jaw-bone", "There are no mouth shapes: the jaw bone opens the mouth, lips cannot close or round", EXPORT],
];
const NO_MOUTH = "Nothing here moves the mouth";

const NO_MESH =
  "There is no mesh here yet. Call initializeWithScene() again once the avatar has loaded, in the callback of its loader.";
export const OVERWRITTEN =
  "Something sets the same morph targets after the client, for example an AnimationMixer with an idle clip: call update() between mixer.update() and render(), with autoUpdate: false, or remove the clip's tracks of morphTargetInfluences.";
/** Number of names that are quoted. */
const MOST_NAMES = 5;

/**
 * @typedef {"no_mesh" | "no_targets" | "no_names" | "empty_targets" | "unknown_names"} BindingProblem Why nothing
 *   moves the mouth.
 *
 * @typedef {object} TargetCounts What the meshes of an avatar have.
 * @property {number} meshes of any kind
 * @property {{name: string, index: number}[]} targets morph targets of all meshes
 * @property {string[]} moving names of those that are not empty
 */

/**
 * Finds out why nothing moves the mouth of an avatar.
 * @param {TargetCounts} counts
 * @returns {BindingProblem}
 */
export function problemOf({ meshes, targets, moving }) {
  if (meshes === 0) return "no_mesh";
  if (targets.length === 0) return "no_targets";
  // Three.js names targets that have no name by their index.
  if (targets.every(({ name, index }) => name === String(index))) return "no_names";
  return moving.length === 0 ? "empty_targets" : "unknown_names";
}

/**
 * Explains a problem and its remedy, after what cannot move.
 * @param {BindingProblem | null} problem
 * @param {readonly string[]} moving names of the targets that move something
 * @returns {string}
 */
function explanation(problem, moving) {
  if (problem === "no_targets") return "The meshes have no morph targets and no jaw bone.";
  if (problem === "no_names")
    return 'The morph targets have no names: export them too (in glTF as extras.targetNames), or list them in map: { jawOpen: "0" }.';
  if (problem === "empty_targets")
    return "All morph targets are empty: export the shapes with their movements, before modifiers are applied.";
  if (problem !== "unknown_names") return "";
  const shown = moving.slice(0, MOST_NAMES).map((name) => `“${name}”`);
  const names = shown.join(", ") + (moving.length > MOST_NAMES ? " …" : "");
  return `These names are not known: ${names}. If they are mouth shapes, list them in map: { jawOpen: "${moving[0]}" }.`;
}

/**
 * Describes what an avatar cannot show and how to fix it.
 * @param {readonly string[]} found ARKit shapes that the avatar can show
 * @param {ReadonlySet<string>} schemes what moves the mouth if there is no jawOpen
 * @param {boolean} vrm whether it is a VRM
 * @param {{problem?: BindingProblem | null, moving?: readonly string[]}} [mouth] why nothing moves the mouth, and the
 *   names of what moves
 * @returns {string} empty if nothing visible is missing
 */
export function adviceFor(found, schemes, vrm, { problem = null, moving = [] } = {}) {
  if (problem === "no_mesh") return NO_MESH;
  const still = Object.keys(FEATURES).filter(
    (feature) => !found.some((name) => FEATURES[feature].test(name)),
  );
  const [, words, remedy] = found.includes("jawOpen")
    ? (MOUTHS.find(([scheme]) => schemes.has(scheme)) ?? ["", "", remedyFor(vrm)])
    : ["", NO_MOUTH, remedyFor(vrm)];
  if (!words && still.length === 0) return "";
  const stands = still.length > 0 ? `${list(still)} cannot move` : "";
  const missing = [words, stands].filter(Boolean).join("; ");
  const advice = `${missing[0].toUpperCase()}${missing.slice(1)}. ${remedy} to change that.`;
  return [advice, explanation(problem, moving)].filter(Boolean).join(" ");
}

/** @param {boolean} vrm */
const remedyFor = (vrm) => (vrm ? PERFECT_SYNC : EXPORT);

/** @param {readonly string[]} words */
function list(words) {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
