import { addresses } from "../addresses.js";
import { A2FError, serverError } from "../errors.js";
import { FALLBACK } from "../fallback.js";
import { Backoff } from "./backoff.js";
import { columnsOf } from "./protocol.js";
import { FIRST_RETRY_MS, isUndecodable, LONGEST_RETRY_MS } from "./uplink.js";

/**
 * @import { ErrorCode } from "../errors.js"
 * @import { Platform, Settings } from "../types.js"
 * @import { UplinkListener } from "./uplink.js"
 */

/** Sends a whole file with `POST /v1/animate`, for networks that block WebSockets. */
export class HttpUplink {
  /** @type {null} HTTP has no server utterances. */
  serverUtterance = null;
  #platform;
  #settings;
  #fields;
  #listener;
  #bytes;
  #type;
  #onUnsupported;
  #abort = new AbortController();
  #backoff;
  #timer = /** @type {any} */ (null);

  /**
   * @param {Platform} platform
   * @param {() => Settings} settings
   * @param {() => Record<string, any>} fields
   * @param {UplinkListener} listener
   * @param {{bytes: Uint8Array, type: string}} file
   * @param {(error: A2FError) => void} onUnsupported
   */
  constructor(platform, settings, fields, listener, { bytes, type }, onUnsupported) {
    this.#platform = platform;
    this.#settings = settings;
    this.#fields = fields;
    this.#listener = listener;
    this.#bytes = bytes;
    this.#type = type;
    this.#onUnsupported = onUnsupported;
    this.#backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, platform.random);
  }

  open() {
    void this.#post().catch((error) => this.#fail(error));
  }

  /** @param {boolean} [_newest] */
  close(_newest) {
    this.#abort.abort();
    this.#platform.clearTimeout(this.#timer);
  }

  setEmotions() {}

  async #post() {
    const { fetch } = this.#platform;
    if (!fetch) throw new A2FError("connection_failed", "This browser has no fetch.");
    const response = await fetch(this.#address(), {
      method: "POST",
      headers: await this.#headers(),
      body: /** @type {Uint8Array<ArrayBuffer>} */ (this.#bytes),
      signal: this.#abort.signal,
    });
    if (!response.ok) throw await errorOf(response);
    this.#deliver(await response.json());
  }

  #address() {
    const { serverUrl } = this.#settings();
    if (!serverUrl) throw new A2FError("no_server", "No server is set; call configure({ serverUrl }).");
    const fields = this.#fields();
    if (fields.emotions) fields.emotions = JSON.stringify(fields.emotions);
    return `${addresses(serverUrl).http}/v1/animate?${new URLSearchParams(fields)}`;
  }

  async #headers() {
    const { apiToken, getToken } = this.#settings();
    const token = getToken ? await getToken() : apiToken;
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", "Content-Type": this.#type || "application/octet-stream" };
    if (token) headers.Authorization = `Bearer ${token}`;
    return headers;
  }

  /** @param {{fps: number, blendshapes: string[], weights: number[][], warning?: string}} animation */
  #deliver({ fps, blendshapes, weights, warning }) {
    this.#listener.onStarted(fps, 0);
    this.#listener.onFrames(0, weights.flat(), columnsOf(blendshapes), 1);
    this.#listener.onEnd(weights.length / fps, warning);
  }

  /** @param {any} error */
  #fail(error) {
    if (this.#abort.signal.aborted) return;
    if (isUndecodable(error)) return this.#onUnsupported(error);
    if (error.code === "busy") return this.#retry();
    const known = error instanceof A2FError;
    this.#listener.onFailure(
      known ? error : new A2FError("connection_failed", `The request failed: ${error.message}`),
    );
  }

  #retry() {
    this.#listener.onInterruption(FALLBACK.serverBusy);
    this.#timer = this.#platform.setTimeout(() => this.open(), this.#backoff.next());
  }
}

/** Error codes by status, for responses of a proxy. @type {Record<number, ErrorCode>} */
const CODES = { 415: "unsupported_audio", 503: "busy" };

/** @param {Response} response */
async function errorOf(response) {
  const body = await response.json().catch(() => ({}));
  const error = body.error ?? body.detail ?? body;
  const code = error.code ?? CODES[response.status] ?? "connection_failed";
  return serverError({ ...error, code, message: error.message ?? `The server answered ${response.status}.` });
}
