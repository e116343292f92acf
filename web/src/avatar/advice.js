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

/**
 * Describes what an avatar cannot show and how to fix it.
 * @param {readonly string[]} found ARKit shapes that the avatar can show
 * @param {ReadonlySet<string>} schemes what moves the mouth if there is no jawOpen
 * @param {boolean} vrm whether it is a VRM
 * @returns {string} empty if nothing visible is missing
 */
export function adviceFor(found, schemes, vrm) {
  const still = Object.keys(FEATURES).filter(
    (feature) => !found.some((name) => FEATURES[feature].test(name)),
  );
  const [, words, remedy] = found.includes("jawOpen")
    ? (MOUTHS.find(([scheme]) => schemes.has(scheme)) ?? ["", "", remedyFor(vrm)])
    : ["", NO_MOUTH, remedyFor(vrm)];
  if (!words && still.length === 0) return "";
  const stands = still.length > 0 ? `${list(still)} cannot move` : "";
  const problem = [words, stands].filter(Boolean).join("; ");
  return `${problem[0].toUpperCase()}${problem.slice(1)}. ${remedy} to change that.`;
}

/** @param {boolean} vrm */
const remedyFor = (vrm) => (vrm ? PERFECT_SYNC : EXPORT);

/** @param {readonly string[]} words */
function list(words) {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
