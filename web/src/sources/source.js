import { A2FError } from "audio2face-client";

/** @import { Audio2FaceClient } from "audio2face-client" */

/**
 * @typedef {object} VoiceHost What a source is given when it is opened.
 * @property {Audio2FaceClient} client the face that speaks
 * @property {AbortSignal} signal aborted if the source is closed while it opens
 * @property {(error?: Error) => void} onEnd called when the other side ends the session, or when it breaks
 *
 * @typedef {object} VoiceSession An open source.
 * @property {() => void | Promise<void>} close ends it and frees everything it opened
 */

/**
 * @template {VoiceSession} [Session=VoiceSession]
 * @typedef {(host: VoiceHost) => Promise<Session>} VoiceSource Something that talks, and moves the face: opens a session. It
 *   rejects with an `A2FError` that says what is wrong.
 */

/**
 * Returns an SDK that was passed in, or that a function loads.
 * @template Sdk
 * @param {string} name of the source, for the message
 * @param {string} packageName
 * @param {Sdk | (() => Promise<Sdk>) | undefined} sdk
 * @param {(sdk: Sdk) => unknown} fits whether it has what is needed
 * @returns {Promise<Sdk>}
 */
export async function loadSdk(name, packageName, sdk, fits) {
  const remedy = `npm install ${packageName}, and give ${name}() { sdk: () => import('${packageName}') }.`;
  let loaded;
  try {
    // A class or namespace is passed in as it is; only a plain function can return a promise.
    const isLoader = typeof sdk === "function" && !fits(/** @type {Sdk} */ (sdk));
    loaded = isLoader
      ? await /** @type {() => Promise<Sdk>} */ (sdk)()
      : /** @type {Sdk | undefined} */ (sdk);
  } catch (error) {
    throw new A2FError("not_installed", `${packageName} cannot be loaded (${reasonOf(error)}): ${remedy}`);
  }
  if (loaded && fits(loaded)) return loaded;
  throw new A2FError("not_installed", `${name}() needs the SDK ${packageName}: ${remedy}`);
}

/**
 * Calls the app's function that gets credentials from its server.
 * @template Credentials
 * @param {string} name of the source, for the message
 * @param {(() => Credentials | Promise<Credentials>) | undefined} getCredentials
 * @param {string} what they are, for the message
 * @returns {Promise<NonNullable<Credentials>>}
 */
export async function credentialsOf(name, getCredentials, what) {
  if (typeof getCredentials !== "function")
    throw new A2FError(
      "bad_argument",
      `${name}() needs getCredentials, a function that returns ${what} from your server.`,
    );
  let credentials;
  try {
    credentials = await getCredentials();
  } catch (error) {
    throw new A2FError("unauthorized", `${name}(): getCredentials failed: ${reasonOf(error)}`);
  }
  if (typeof credentials === "string" && /\s/.test(credentials.trim()))
    throw new A2FError(
      "unauthorized",
      `${name}(): getCredentials returned a page or a message instead of ${what}: "${credentials.trim().slice(0, 80)}".`,
    );
  if (credentials) return /** @type {NonNullable<Credentials>} */ (credentials);
  throw new A2FError("unauthorized", `${name}(): getCredentials returned nothing; it must return ${what}.`);
}

/**
 * Runs a step of opening; what it throws becomes a `source_failed` that names the source.
 * @template Result
 * @param {string} name of the source, for the message
 * @param {() => Promise<Result>} step
 * @returns {Promise<Result>}
 */
export async function connecting(name, step) {
  try {
    return await step();
  } catch (error) {
    throw sourceError(name, error);
  }
}

/**
 * @param {string} name of the source, for the message
 * @param {unknown} cause
 */
export function sourceError(name, cause) {
  return cause instanceof A2FError ? cause : new A2FError("source_failed", `${name}: ${reasonOf(cause)}`);
}

/**
 * Asks for the microphone, without the echo of the voice.
 * @returns {Promise<MediaStream>}
 */
export async function openMicrophone() {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });
  } catch (error) {
    throw new A2FError(
      "microphone_failed",
      `The microphone cannot be used (${reasonOf(error)}); the page needs HTTPS and the visitor's permission.`,
    );
  }
}

/** @param {unknown} error what was thrown, of any shape @returns {string} */
export function reasonOf(error) {
  const { message, errorMsg, error: inner } = /** @type {any} */ (error ?? {});
  if (typeof message === "string" && message) return message;
  if (typeof errorMsg === "string") return errorMsg;
  return inner && inner !== error ? reasonOf(inner) : String(error);
}
