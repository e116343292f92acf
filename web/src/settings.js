import { BLENDSHAPES } from "./arkit.js";
import { A2FError, isBetween, requireArgument } from "./errors.js";

/** @import { Settings } from "./types.js" */

/** @returns {Settings} */
export function defaultSettings() {
  return {
    serverUrl: pageOrigin(),
    network: false,
    intensity: 1,
    gain: null,
    offset: 0,
    smoothing: 0,
    useWebSocket: true,
    apiToken: null,
    getToken: null,
    fps: null,
    profile: null,
    seed: null,
    backend: null,
    lipSync: "server",
    emotions: null,
    life: false,
    patience: 300,
    buffer: "adaptive",
    autoUpdate: true,
    audioContext: null,
    keepTake: false,
  };
}

function pageOrigin() {
  const origin = globalThis.location?.origin;
  return origin?.startsWith("http") ? origin : null;
}

/** The emotions of the protocol. */
const EMOTIONS = [
  "amazement",
  "anger",
  "cheekiness",
  "disgust",
  "fear",
  "grief",
  "joy",
  "outofbreath",
  "pain",
  "sadness",
];

/** @type {{[K in keyof Settings]: (value: any) => boolean}} */
const VALIDATORS = {
  serverUrl: (value) => typeof value === "string" || value === false,
  network: (value) => typeof value === "boolean" || isNetwork(value),
  intensity: (value) => typeof value === "number" && !Number.isNaN(value),
  gain: (value) => isShares(value, isShape, 2),
  offset: (value) => isBetween(value, -1, 1),
  smoothing: (value) => isBetween(value, 0, 1),
  useWebSocket: (value) => typeof value === "boolean",
  apiToken: (value) => typeof value === "string",
  getToken: (value) => typeof value === "function",
  fps: (value) => Number.isInteger(value) && isBetween(value, 10, 60),
  profile: (value) => typeof value === "string",
  seed: (value) => Number.isInteger(value) && isBetween(value, 0, 2 ** 32 - 1),
  backend: (value) => typeof value === "string",
  lipSync: (value) => value === "server" || value === "viseme",
  emotions: (value) => isShares(value, (name) => EMOTIONS.includes(name), 1),
  life: (value) => typeof value === "boolean" || isLifeOption(value),
  patience: (value) => isBetween(value, 0, 60000),
  buffer: (value) => value === "adaptive" || isBetween(value, 0, 10),
  autoUpdate: (value) => typeof value === "boolean",
  audioContext: (value) => typeof value === "object" && typeof value.createGain === "function",
  keepTake: (value) => typeof value === "boolean",
};

/** Names of all settings. */
export const SETTING_NAMES = Object.keys(VALIDATORS);

const NULLABLE = new Set(Object.entries(defaultSettings()).flatMap(([k, v]) => (v === null ? [k] : [])));
NULLABLE.add("serverUrl");

/**
 * @param {any} value
 * @param {(name: string) => boolean} isName
 * @param {number} most
 */
function isShares(value, isName, most) {
  if (typeof value !== "object" || Array.isArray(value)) return false;
  return Object.entries(value).every(([name, share]) => isName(name) && isBetween(share, 0, most));
}

/** @param {string} name */
function isShape(name) {
  return BLENDSHAPES.includes(/** @type {any} */ (name));
}

/** @param {any} value */
function isLifeOption(value) {
  if (typeof value !== "object" || value === null) return false;
  const { camera, head = true } = value;
  return (!camera || Boolean(camera.matrixWorld?.elements)) && typeof head === "boolean";
}

/** @param {any} value */
function isNetwork(value) {
  if (typeof value === "string") return value !== "";
  if (typeof value !== "object" || value === null) return false;
  return [value.url, value.worker].every(
    (each) => each === undefined || (typeof each === "string" && each !== ""),
  );
}

/** Valid values for each setting, for error messages. @type {Record<string, string>} */
const EXPECTED = {
  serverUrl: "an address such as http://localhost:8000, or false for no server",
  network: "true, false, the address of network.bin, or { url, worker }",
  intensity: "a number from 0.1 to 2",
  gain: "an object from names in BLENDSHAPES to numbers from 0 to 2",
  offset: "seconds from -1 to 1",
  smoothing: "a number from 0 to 1",
  fps: "a whole number from 10 to 60",
  seed: "a whole number from 0 to 4294967295",
  emotions: `an object of numbers from 0 to 1, named ${EMOTIONS.join(", ")}`,
  lipSync: '"server" or "viseme"',
  life: "true, false, or { camera, head }, where the camera has a matrixWorld and head is true or false",
  patience: "milliseconds from 0 to 60000",
  buffer: 'seconds from 0 to 10, or "adaptive"',
  useWebSocket: "true or false",
  autoUpdate: "true or false",
  keepTake: "true or false",
  getToken: "a function",
  audioContext: "an AudioContext",
};

const [LEAST_INTENSITY, MOST_INTENSITY] = [0.1, 2];

/**
 * Returns settings with changes applied. Other fields are ignored, because constructor options are passed
 * through here too.
 * @param {Settings} settings
 * @param {Partial<Settings>} changes
 * @returns {Settings}
 */
export function changedSettings(settings, changes) {
  const fit = changes && typeof changes === "object" && !Array.isArray(changes);
  requireArgument(fit, "configure() needs an object of settings.");
  const next = { ...settings };
  for (const key of /** @type {(keyof Settings)[]} */ (Object.keys(VALIDATORS))) {
    if (changes[key] === undefined) continue;
    /** @type {any} */ (next)[key] = checked(key, changes[key]);
  }
  next.intensity = Math.min(MOST_INTENSITY, Math.max(LEAST_INTENSITY, next.intensity));
  return next;
}

/**
 * Describes an intensity that was moved into its range.
 * @param {Partial<Settings>} changes
 * @returns {string | null}
 */
export function clampedIntensity({ intensity }) {
  if (intensity === undefined || isBetween(intensity, LEAST_INTENSITY, MOST_INTENSITY)) return null;
  const used = intensity > MOST_INTENSITY ? MOST_INTENSITY : LEAST_INTENSITY;
  return `intensity is ${intensity}, but its range is ${LEAST_INTENSITY} to ${MOST_INTENSITY}; ${used} is used.`;
}

/**
 * @param {keyof Settings} key
 * @param {any} value
 */
function checked(key, value) {
  if (value === null ? NULLABLE.has(key) : VALIDATORS[key](value)) return value;
  throw new A2FError("bad_argument", `${key} must be ${EXPECTED[key] ?? "a string"}.`);
}

/**
 * Returns the fields of `start` and `POST /v1/animate` that come from the settings.
 * @param {Settings} settings
 * @returns {Record<string, any>} without fields that are left to the server
 */
export function requestFields({ fps, profile, seed, backend, emotions }) {
  const fields = { fps, profile, seed, backend, emotions };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
