import { addresses } from "./addresses.js";
import { toInt16 } from "./audio/pcm.js";
import { A2FError, requireArgument, serverError } from "./errors.js";

const ROUTES = "/api/audio-driven/chunked";
const NO_SESSION = "There is no session: call initSession() first.";

/**
 * @typedef {object} SessionOptions
 * @property {boolean} [crop] show the head and shoulders, not the whole picture; default true
 * @property {number} [seed] varies blinks, gaze and head movements; default 42
 * @property {number} [nfe] 5-50; has no effect here
 * @property {number} [cfg_scale] 1-5; has no effect here
 * @property {number} [chunk_duration] 0.1-10; has no effect here; default 1
 * @property {number} [audio_sample_rate] Hz of raw samples; default 24000
 * @property {[number, number, number]} [pose_style] pitch, yaw and roll of the head
 * @property {[number, number]} [gaze_style] x and y of the gaze
 */

/**
 * @typedef {object} SessionInfo What the server answers to initSession().
 * @property {string} session_id
 * @property {string} hls_url relative to the server; the client's `hlsUrl` is absolute
 * @property {string} status
 * @property {string} message
 * @property {number} chunk_duration
 * @property {number} audio_sample_rate
 */

/**
 * @typedef {object} FeedAnswer What the server answers to a chunk.
 * @property {number} frames_generated
 * @property {number} buffer_samples
 * @property {string} session_status
 * @property {string} message
 */

/**
 * @typedef {object} SessionStatus
 * @property {"waiting_for_audio" | "processing" | "complete" | "error"} status
 * @property {number} total_frames_generated
 * @property {number} buffer_samples
 * @property {string | null} error
 * @property {number} created_at seconds since 1970
 * @property {number} uptime_seconds
 */

/**
 * A client for chunked video: a picture speaks the audio that it is fed in chunks. It holds one session at a time. All
 * methods reject with an A2FError, whose message says what to do.
 */
export class ChunkedStreamingClient {
  /** The id of the session, or null. @type {string | null} */
  sessionId = null;
  /** The URL of the video stream, or null. Anyone who knows it can watch. @type {string | null} */
  hlsUrl = null;
  #server;
  #getToken;
  /** Settles with the last chunk: chunks are sent one after another. @type {Promise<unknown>} */
  #fed = Promise.resolve();

  /**
   * @param {string} serverUrl such as http://127.0.0.1:8000; may have a path
   * @param {{token?: string, getToken?: () => string | Promise<string>}} [options] a key or token, if the server needs
   *   one. A page must not know the key: getToken asks your own server for a token.
   */
  constructor(serverUrl = globalThis.location?.origin, { token, getToken } = {}) {
    this.#server = addresses(serverUrl).http;
    this.#getToken = getToken ?? (() => token ?? "");
  }

  /** The server's URL. */
  get serverUrl() {
    return this.#server;
  }

  /** The URL of the whole video as MP4, available once the last chunk was fed; null without a session. */
  get downloadUrl() {
    return this.sessionId && `${this.#server}/api/hls/${encodeURIComponent(this.sessionId)}/download`;
  }

  /**
   * Opens a session.
   * @param {Blob} image a picture of a face, or an avatar as GLB
   * @param {SessionOptions} [options]
   * @returns {Promise<SessionInfo>}
   */
  async initSession(image, options = {}) {
    requireArgument(image instanceof Blob, "initSession() needs a picture as File or Blob.");
    const form = new FormData();
    form.append("image", image);
    for (const [name, value] of Object.entries(options))
      if (value !== undefined)
        form.append(name, typeof value === "object" ? JSON.stringify(value) : `${value}`);
    const info = await this.#json("POST", "/init", form);
    this.sessionId = info.session_id;
    this.hlsUrl = this.#server + info.hls_url;
    return info;
  }

  /**
   * Sends a chunk. Calls may overlap; chunks are sent in the order of the calls.
   * @param {Blob | ArrayBuffer | ArrayBufferView} audio a WAV, MP3 or other file; or raw mono samples at
   *   audio_sample_rate: s16le, or a Float32Array
   * @param {boolean} [isFinal] whether it is the last chunk
   * @returns {Promise<FeedAnswer>}
   */
  async feedAudioChunk(audio, isFinal = false) {
    const form = new FormData();
    form.append("session_id", this.#session());
    form.append("audio_chunk", blobOf(audio), "chunk");
    form.append("is_final_chunk", `${isFinal}`);
    const answer = this.#fed.then(() => this.#json("POST", "/feed", form));
    this.#fed = answer.catch(() => {});
    return answer;
  }

  /** @returns {Promise<SessionStatus>} */
  async getStatus() {
    return this.#json("GET", `/status/${encodeURIComponent(this.#session())}`);
  }

  /** Deletes the session and its video. Does nothing without a session, or if it has expired. */
  async close() {
    const session = this.sessionId;
    if (session === null) return;
    this.sessionId = this.hlsUrl = null;
    try {
      await this.#json("DELETE", `/session/${encodeURIComponent(session)}`);
    } catch (error) {
      if (/** @type {A2FError} */ (error).code !== "not_found") throw error;
    }
  }

  #session() {
    if (this.sessionId === null) throw new A2FError("bad_state", NO_SESSION);
    return this.sessionId;
  }

  /**
   * @param {string} method
   * @param {string} path below ROUTES
   * @param {FormData} [body]
   * @returns {Promise<any>}
   */
  async #json(method, path, body) {
    const token = await this.#getToken();
    /** @type {Record<string, string>} */
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    const answer = await this.#fetch(this.#server + ROUTES + path, { method, headers, body });
    const fields = await answer.json().catch(() => null);
    if (answer.ok && fields) return fields;
    throw fields?.code
      ? serverError(fields)
      : new A2FError(
          "bad_message",
          `${this.#server} answered with status ${answer.status}, but not like an a2f-server.`,
        );
  }

  /**
   * @param {string} url
   * @param {RequestInit} request
   */
  async #fetch(url, request) {
    try {
      return await fetch(url, request);
    } catch (error) {
      const reason = /** @type {Error} */ (error).message;
      throw new A2FError(
        "no_server",
        `Can't reach ${this.#server} (${reason}): start it with a2f-server serve.`,
      );
    }
  }
}

/** @param {Blob | ArrayBuffer | ArrayBufferView} audio */
function blobOf(audio) {
  if (audio instanceof Blob) return audio;
  if (audio instanceof Float32Array) return new Blob([toInt16(audio)]);
  requireArgument(
    audio instanceof ArrayBuffer || ArrayBuffer.isView(audio),
    "feedAudioChunk() needs a Blob, an ArrayBuffer or a typed array.",
  );
  return new Blob([/** @type {ArrayBuffer} */ (audio)]);
}

export { A2FError };
