import { A2FError } from "audio2face-client";
import { followStream } from "./media_stream.js";
import { connecting, credentialsOf, loadSdk, sourceError } from "./source.js";

/**
 * @import { VoiceSession, VoiceSource, VoiceHost } from "./source.js"
 */

/**
 * @typedef {new (token: string, baseUrl?: string) => any} VapiClass
 *
 * @typedef {object} VapiOptions
 * @property {VapiClass | {default: any} | (() => Promise<VapiClass | {default: any}>)} sdk the module `@vapi-ai/web`, its class, or
 *   a function that imports it
 * @property {() => string | Promise<string>} getCredentials returns a public key, or a token of your server
 * @property {string | object} assistant id or description of the assistant
 * @property {object} [overrides] `assistantOverrides` of the SDK's `start`
 * @property {(message: any) => void} [onMessage] receives the messages of the call, for transcripts and tools
 *
 * @typedef {VoiceSession & {vapi: any}} VapiSession `vapi` is the SDK's object.
 */

const NAME = "vapi";
/** Types of the SDK's `error` events that end a call. */
const FATAL = new Set(["validation-error", "start-method-error", "daily-error"]);

/**
 * An assistant of Vapi. Its sound is played by the client, in sync with the face; the SDK's own player is silent.
 * @param {VapiOptions} options
 * @returns {VoiceSource<VapiSession>}
 */
export function vapi(options) {
  return async (host) => {
    const { sdk, getCredentials, assistant, overrides } = options ?? {};
    if (!assistant)
      throw new A2FError("bad_argument", `${NAME}() needs assistant, the id of one of your assistants.`);
    const module = await loadSdk(NAME, "@vapi-ai/web", sdk, (each) => Boolean(classOf(each)));
    const Vapi = /** @type {VapiClass} */ (classOf(module));
    if (!Vapi.prototype.getAudioPlayer)
      throw new A2FError("not_installed", `${NAME}() needs version 2.6 of @vapi-ai/web or later: update it.`);
    const token = await credentialsOf(NAME, getCredentials, "a public key or a token");
    host.signal.throwIfAborted();
    const call = new VapiCall(new Vapi(token), host, options);
    try {
      await connecting(NAME, () => call.start(assistant, overrides));
    } catch (error) {
      await call.close();
      throw error;
    }
    return call;
  };
}

/** @implements {VoiceSession} */
class VapiCall {
  vapi;
  #host;
  /** @type {VoiceSession | null} */
  #voice = null;
  /** @type {unknown} */
  #failure = null;
  #closed = false;

  /** @param {any} vapi @param {VoiceHost} host @param {VapiOptions} options */
  constructor(vapi, host, { onMessage }) {
    this.vapi = vapi;
    this.#host = host;
    vapi.on("audio", (/** @type {HTMLAudioElement} */ player) => this.#follow(player));
    vapi.on("call-end", () => this.#end());
    // The emitter throws if nobody listens, so this one stays. Errors of noise suppression and the like end no call.
    vapi.on("error", (/** @type {any} */ error) => {
      if (FATAL.has(error?.type)) this.#failure = error;
    });
    if (onMessage) vapi.on("message", onMessage);
  }

  /** @param {string | object} assistant @param {object} [overrides] */
  async start(assistant, overrides) {
    // The SDK reports most failures as an event, and returns null.
    const call = await this.vapi.start(assistant, overrides);
    if (!call) throw this.#failure ?? new Error("the call was not started");
    this.#failure = null;
  }

  async close() {
    this.#closed = true;
    this.#voice?.close();
    await this.vapi.stop();
  }

  /** @param {HTMLAudioElement} player of the SDK */
  #follow(player) {
    const stream = /** @type {MediaStream | null} */ (player.srcObject);
    if (!stream || this.#closed) return;
    player.muted = true;
    this.#voice?.close();
    this.#voice = followStream(this.#host.client, stream, {
      play: true,
      onEnd: (error) => error && this.#end(error),
    });
  }

  /** @param {unknown} [error] */
  #end(error = this.#failure) {
    if (this.#closed) return;
    this.#voice?.close();
    this.#host.onEnd(error ? sourceError(NAME, error) : undefined);
  }
}

/** The module's class; bundlers wrap CommonJS modules differently. @param {any} sdk @returns {VapiClass | undefined} */
function classOf(sdk) {
  return [sdk, sdk?.default, sdk?.default?.default].find(
    (each) => typeof each === "function" && typeof each.prototype?.start === "function",
  );
}
