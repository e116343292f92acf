/** Edits up to which a name counts as a misspelling, for each character of the shorter name. */
const MISSPELT = 0.4;
/** Number of known names that are listed. */
const MOST_NAMES = 40;

/**
 * Describes names that nothing reads, with the nearest known one.
 * @param {string} what for example "option"
 * @param {Iterable<string>} given
 * @param {readonly string[]} known
 * @returns {string[]} one sentence for each unknown name
 */
export function unknownNames(what, given, known) {
  return [...given].filter((name) => !known.includes(name)).map((name) => sentence(what, name, known));
}

/**
 * Warns on the console about option names that nothing reads.
 * @param {string} method for the message, for example "start()"
 * @param {unknown} options
 * @param {readonly string[]} known
 */
export function warnOfUnknownOptions(method, options, known) {
  if (typeof options !== "object" || options === null) return;
  for (const words of unknownNames("option", Object.keys(options), known)) warn(`${method}: ${words}`);
}

/** @param {string} message */
export function warn(message) {
  console.warn(`Audio2FaceClient: ${message}`);
}

/**
 * Returns the known name that is most like another one, or null if none is.
 * @param {string} name
 * @param {readonly string[]} known
 * @returns {string | null}
 */
export function nearestName(name, known) {
  const bare = bareOf(name);
  const [best] = known
    .map((each) => ({ each, edits: editsBetween(bare, bareOf(each)) }))
    .filter(({ each, edits }) => edits <= MISSPELT * Math.min(bare.length, bareOf(each).length))
    .sort((a, b) => a.edits - b.edits);
  return best?.each ?? null;
}

/** @param {string} name */
const bareOf = (name) => name.toLowerCase().replace(/[^a-z\d]/g, "");

/**
 * @param {string} what
 * @param {string} name
 * @param {readonly string[]} known
 */
function sentence(what, name, known) {
  const nearest = nearestName(name, known);
  const some = known.slice(0, MOST_NAMES).join(", ") + (known.length > MOST_NAMES ? " …" : "");
  const remedy = nearest ? `did you mean "${nearest}"?` : `known are ${some}.`;
  return `there is no ${what} "${name}"; ${remedy}`;
}

/**
 * Levenshtein distance.
 * @param {string} a
 * @param {string} b
 */
function editsBetween(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]));
    row = next;
  }
  return row[b.length];
}
