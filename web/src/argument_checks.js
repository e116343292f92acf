import { A2FError, isBetween, requireArgument } from "./errors.js";
import { warnOfUnknownOptions } from "./option_names.js";
import { azureViseme, VISEME_SCHEMES } from "./viseme_schemes.js";

/** Checks of what apps pass to public methods. Each throws an A2FError that names the argument. */

/** @import { VisemeScheme } from "./viseme_schemes.js" */

/** No utterance is that long; a viseme or word so far ahead of the audio has a time in another unit. */
const MOST_AHEAD_S = 600;
/** Half a surrogate pair: a text was cut within an emoji. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * @param {string} method for the message, for example "start()"
 * @param {unknown} options
 * @param {readonly string[]} known
 * @returns {Record<string, any>} the options; {} if there are none
 */
export function checkedOptions(method, options, known) {
  if (options === undefined || options === null) return {};
  requireArgument(
    typeof options === "object" && !Array.isArray(options),
    `The options of ${method} are ${describe(options)}; give an object with ${known.join(", ")}.`,
  );
  warnOfUnknownOptions(method, options, known);
  return /** @type {Record<string, any>} */ (options);
}

/**
 * @param {string} method
 * @param {unknown} words plain text, or { ssml }
 * @returns {{text: string} | {ssml: string}}
 */
export function checkedWords(method, words) {
  const ssml = /** @type {any} */ (words)?.ssml;
  const spoken = typeof words === "string" ? words : ssml;
  requireArgument(
    typeof spoken === "string" && spoken.trim(),
    `${method} needs a non-empty text or { ssml }; it was given ${describe(words)}.`,
  );
  requireArgument(
    !LONE_SURROGATE.test(spoken),
    `${method} was given half an emoji, because a text was cut within one; cut it between characters.`,
  );
  return typeof words === "string" ? { text: words } : { ssml };
}

/**
 * @param {string} name name of the argument
 * @param {unknown} value
 * @returns {string | undefined}
 */
export function checkedText(name, value) {
  if (value === undefined || value === null) return undefined;
  requireArgument(typeof value === "string", `${name} is ${describe(value)}; give a string.`);
  return value;
}

/**
 * @param {string} name name of the argument
 * @param {unknown} value
 */
export function requireSeconds(name, value) {
  requireArgument(
    isBetween(value, 0, Number.MAX_VALUE),
    `${name} is ${describe(value)}; give seconds, a number from 0.`,
  );
}

/**
 * Throws if a time cannot be within the audio, as it happens with milliseconds or Azure's ticks.
 * @param {string} name name of the argument
 * @param {number} time
 * @param {number} written seconds of audio so far
 */
export function requireReachable(name, time, written) {
  requireArgument(
    time <= written + MOST_AHEAD_S,
    `${name} is ${time}, later than any sound could be; give seconds (milliseconds / 1000, Azure's audioOffset / 1e7).`,
  );
}

/**
 * @param {unknown} id
 * @param {unknown} scheme
 * @returns {number} the Azure viseme, 0–21
 */
export function checkedViseme(id, scheme) {
  const known = VISEME_SCHEMES.find((name) => name === scheme);
  requireArgument(known, `scheme is ${describe(scheme)}; give one of ${VISEME_SCHEMES.join(", ")}.`);
  const fit = typeof id === "string" || typeof id === "number";
  const viseme = fit ? azureViseme(/** @type {VisemeScheme} */ (known), id) : undefined;
  requireArgument(viseme !== undefined, `id is ${describe(id)}; ${expectedId(known)}`);
  return /** @type {number} */ (viseme);
}

/** @param {VisemeScheme | undefined} scheme */
function expectedId(scheme) {
  if (scheme !== "azure") return `the scheme ${scheme} has no such viseme.`;
  return "give the id of an Azure viseme, a whole number from 0 to 21, or name another scheme.";
}

/**
 * @param {any} value
 * @returns {value is HTMLMediaElement}
 */
export function isElement(value) {
  return typeof value?.play === "function" && typeof value.addEventListener === "function";
}

/**
 * @param {unknown} audio
 * @returns {asserts audio is Blob | ArrayBuffer | Uint8Array}
 */
export function requireFile(audio) {
  const bytes = audio instanceof ArrayBuffer || audio instanceof Uint8Array;
  requireArgument(
    bytes || audio instanceof Blob,
    "processAndAnimate() needs a Blob or an ArrayBuffer of an audio file.",
  );
  if ((bytes ? audio.byteLength : audio.size) === 0)
    throw new A2FError("empty_audio", "The audio is empty; check where it comes from.");
}

/** @param {unknown} value */
function describe(value) {
  if (typeof value === "string") return `"${value.slice(0, 40)}"`;
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
