/* audio2face-client 0.1.0, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */

// src/errors.js
var A2FError = class extends Error {
  /**
   * @param {ErrorCode | (string & {})} code
   * @param {string} message
   * @param {{fatal?: boolean, reason?: ErrorReason, scope?: ErrorScope}} [details]
   */
  constructor(code, message, { fatal = false, reason, scope } = {}) {
    super(message);
    this.name = "A2FError";
    this.code = /** @type {ErrorCode} */
    code;
    this.fatal = fatal;
    this.reason = reason;
    this.scope = scope;
  }
};
function serverError({ code, message, fatal, reason, scope }) {
  return new A2FError(code, message, {
    fatal,
    reason: typeof reason === "string" ? (
      /** @type {ErrorReason} */
      reason
    ) : void 0,
    scope: typeof scope === "string" ? (
      /** @type {ErrorScope} */
      scope
    ) : void 0
  });
}
function requireArgument(condition, message) {
  if (!condition) throw new A2FError("bad_argument", message);
}

// src/addresses.js
function addresses(serverUrl) {
  const url = parse(serverUrl);
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  const rest = `//${url.host}${url.pathname.replace(/\/+$/, "")}`;
  return { http: `http${secure ? "s" : ""}:${rest}`, socket: `ws${secure ? "s" : ""}:${rest}/ws` };
}
function parse(serverUrl) {
  try {
    const url = new URL(serverUrl);
    if (/^(https?|wss?):$/.test(url.protocol) && url.host) return url;
  } catch {
  }
  throw new A2FError(
    "bad_argument",
    `serverUrl "${serverUrl}" is not a valid address; write it as http://host:port.`
  );
}

// src/audio/pcm.js
function toInt16(samples) {
  const whole = new Int16Array(samples.length);
  finite(samples);
  for (let i = 0; i < samples.length; i++) {
    whole[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768)));
  }
  return whole;
}
function finite(samples) {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i])) {
      throw new A2FError("bad_audio", "The PCM contains NaN or infinite samples; check what produces it.");
    }
  }
  return samples;
}

// src/chunked_streaming_client.js
var ROUTES = "/api/audio-driven/chunked";
var NO_SESSION = "There is no session: call initSession() first.";
var ChunkedStreamingClient = class {
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
      if (value !== void 0)
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
    this.#fed = answer.catch(() => {
    });
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
      if (
        /** @type {A2FError} */
        error.code !== "not_found"
      ) throw error;
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
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    const answer = await this.#fetch(this.#server + ROUTES + path, { method, headers, body });
    const fields = await answer.json().catch(() => null);
    if (answer.ok && fields) return fields;
    throw fields?.code ? serverError(fields) : new A2FError(
      "bad_message",
      `${this.#server} answered with status ${answer.status}, but not like an a2f-server.`
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
      const reason = (
        /** @type {Error} */
        error.message
      );
      throw new A2FError(
        "no_server",
        `Can't reach ${this.#server} (${reason}): start it with a2f-server serve.`
      );
    }
  }
};
function blobOf(audio) {
  if (audio instanceof Blob) return audio;
  if (audio instanceof Float32Array) return new Blob([toInt16(audio)]);
  requireArgument(
    audio instanceof ArrayBuffer || ArrayBuffer.isView(audio),
    "feedAudioChunk() needs a Blob, an ArrayBuffer or a typed array."
  );
  return new Blob([
    /** @type {ArrayBuffer} */
    audio
  ]);
}
export {
  A2FError,
  ChunkedStreamingClient
};
