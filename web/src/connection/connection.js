import { addresses } from "../addresses.js";
import { A2FError, serverError } from "../errors.js";
import { watchPage } from "../page_events.js";
import { Backoff } from "./backoff.js";
import { OpenRequests } from "./open_requests.js";
import { columnsOf, decodeAudio, decodeFrames, subprotocols } from "./protocol.js";

/**
 * @import { ConnectionState, Platform, Settings } from "../types.js"
 * @import { AudioBlock, FrameBlock } from "./protocol.js"
 */

const PING_MS = 15000;
/** A server that may be unreachable after a change of the network has this long to answer. */
const CHECK_MS = 5000;
/** Long enough for a serverless worker to start. */
const OPEN_TIMEOUT_MS = 60000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30000;
const TRY_AGAIN_LATER = 1013;
const ABNORMAL = 1006;

/**
 * @typedef {object} ConnectionHooks
 * @property {(state: ConnectionState) => void} onState
 * @property {(error: A2FError) => void} onError for errors of the connection itself
 *
 * @typedef {object} MessageListener Receives the messages of one server utterance.
 * @property {(message: any) => void} onMessage
 * @property {(block: FrameBlock) => void} onFrames
 * @property {(block: AudioBlock) => void} onAudio
 */

/**
 * One WebSocket to one server. It stays open between utterances and reconnects after a failure. Messages are
 * routed by their utterance id; those of unknown utterances are dropped.
 */
export class Connection {
  /** The server's `ready` message. @type {any} */
  ready = null;
  /** Index in BLENDSHAPES for each column of a frame. @type {Int16Array | null} */
  columns = null;
  /** @type {ConnectionState} */
  state = "idle";
  /** Why there is no connection; null while connected. @type {A2FError | null} */
  failure = null;
  /**
   * Called with true when the server is ready and with false when the connection is lost.
   * @type {Set<(up: boolean) => void>}
   */
  watchers = new Set();
  #platform;
  #settings;
  #hooks;
  #backoff;
  /** @type {WebSocket | null} */
  #socket = null;
  #timer = /** @type {any} */ (null);
  /** @type {Map<number, MessageListener>} */
  #listeners = new Map();
  /** Ids of utterances that the server synthesises. @type {Set<number>} */
  #serverSpeech = new Set();
  /** @type {(() => void)[]} */
  #afterServerSpeech = [];
  #lastId = 0;
  #reported = false;
  /** True if this server has been ready before. */
  #wasReadyBefore = false;
  #requests = new OpenRequests();
  #unansweredPings = 0;
  #checkTimer = /** @type {any} */ (null);
  /** Bytes that the socket had still to send at the last ping. */
  #backlog = 0;
  #stopWatching;

  /**
   * @param {Platform} platform
   * @param {() => Settings} settings
   * @param {ConnectionHooks} hooks
   */
  constructor(platform, settings, hooks) {
    this.#platform = platform;
    this.#settings = settings;
    this.#hooks = hooks;
    this.#backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, platform.random);
    this.#stopWatching = watchPage(platform, {
      onShow: () => this.check(),
      onNetwork: () => this.check(),
      onHide: () => this.#leavePage(),
    });
  }

  /** Connects, unless already connected or connecting. Does not wait for the next scheduled retry. */
  connect() {
    if (this.state === "connecting" || this.state === "ready" || this.state === "closed") return;
    this.#platform.clearTimeout(this.#timer);
    void this.#open();
  }

  /**
   * Connects, unless already connected or connecting.
   * @returns {Promise<void>} resolves when the server is ready; rejects if this attempt fails
   */
  whenReady() {
    this.connect();
    return new Promise((resolve, reject) => {
      const settle = (/** @type {boolean} */ up) => {
        this.watchers.delete(settle);
        if (up) resolve();
        else reject(this.failure ?? new A2FError("connection_failed", "The connection was closed."));
      };
      // Without an address, for example, the attempt has already failed.
      if (this.state === "connecting") this.watchers.add(settle);
      else settle(this.state === "ready");
    });
  }

  /**
   * Finds out whether the connection survived a change of the network or a sleep, and ends it if not. A retry that
   * waits is made now.
   */
  check() {
    if (this.state === "waiting") this.connect();
    if (this.state !== "ready" || this.#checkTimer !== null) return;
    this.#ping();
    this.#checkTimer = this.#platform.setTimeout(() => {
      this.#checkTimer = null;
      if (this.#unansweredPings > 0 && !this.#isUploading()) this.#onClose(ABNORMAL);
    }, CHECK_MS);
  }

  /**
   * @param {MessageListener} listener
   * @param {boolean} speaks whether the server synthesises the audio
   * @returns {number} id of the utterance in the protocol; always increasing
   */
  register(listener, speaks) {
    this.#listeners.set(++this.#lastId, listener);
    this.#requests.add(this.#lastId);
    if (speaks) this.#serverSpeech.add(this.#lastId);
    return this.#lastId;
  }

  /** @param {number} id */
  unregister(id) {
    this.#listeners.delete(id);
    if (!this.#serverSpeech.delete(id) || this.#serverSpeech.size > 0) return;
    for (const action of this.#afterServerSpeech.splice(0)) action();
  }

  /**
   * @param {() => void} action called as soon as the server synthesises nothing; never if the connection is
   *   lost before
   */
  afterServerSpeech(action) {
    if (this.#serverSpeech.size === 0) action();
    else this.#afterServerSpeech.push(action);
  }

  /** True if no utterance is registered. */
  get isIdle() {
    return this.#listeners.size === 0;
  }

  /** @param {Record<string, any> | Uint8Array<ArrayBuffer>} message JSON, or binary audio */
  send(message) {
    if (this.state !== "ready") return;
    this.#socket?.send(message instanceof Uint8Array ? message : JSON.stringify(message));
  }

  /**
   * Reconnects so that a load balancer may choose another server.
   * @returns {boolean} false if utterances are open or there is no connection
   */
  switchServer() {
    if (this.state !== "ready" || !this.isIdle) return false;
    this.#dropSocket();
    this.ready = null;
    void this.#open();
    return true;
  }

  /** Closes the connection. `connect` opens a new one with the current settings. */
  close(state = /** @type {ConnectionState} */ ("idle")) {
    this.#dropSocket();
    this.#backoff.reset();
    this.#reported = false;
    this.#wasReadyBefore = false;
    if (state === "closed") this.#stopWatching();
    this.#disconnect(state);
  }

  async #open() {
    this.#setState("connecting");
    try {
      const { serverUrl, apiToken, getToken } = this.#settings();
      if (!serverUrl) throw new A2FError("no_server", "No server is set; call configure({ serverUrl }).");
      const { socket } = addresses(serverUrl);
      const token = getToken ? await getToken() : apiToken;
      if (this.state === "connecting" && !this.#socket) this.#attach(socket, subprotocols(token));
    } catch (error) {
      this.#onOpenFailed(error);
    }
  }

  /**
   * @param {string} address
   * @param {string[]} protocols
   */
  #attach(address, protocols) {
    const { WebSocket } = this.#platform;
    if (!WebSocket) throw new A2FError("connection_failed", "This browser has no WebSocket.");
    const socket = new WebSocket(address, protocols);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#socket === socket && this.#onData(data);
    socket.onclose = ({ code }) => this.#socket === socket && this.#onClose(code);
    this.#schedule(OPEN_TIMEOUT_MS, () => this.#onClose(ABNORMAL));
  }

  /** @param {any} error thrown before a socket existed */
  #onOpenFailed(error) {
    if (this.state !== "connecting") return;
    const known = error instanceof A2FError;
    if (known || !this.#reported)
      this.#fail(known ? error : new A2FError("connection_failed", `Cannot connect: ${error.message}`));
    // If tokens were available before, keep retrying; utterances wait meanwhile.
    if (known || !this.#wasReadyBefore) return this.#disconnect("failed");
    this.#reported = true;
    this.#disconnect("waiting");
    this.#schedule(this.#backoff.next(), () => this.#open());
  }

  /** @param {string | ArrayBuffer} data */
  #onData(data) {
    this.#unansweredPings = 0;
    try {
      if (typeof data !== "string") this.#onBinary(data);
      else this.#onMessage(JSON.parse(data));
    } catch (error) {
      const message = `The client cannot read a message from the server: ${/** @type {Error} */ (error).message}`;
      this.#hooks.onError(error instanceof A2FError ? error : new A2FError("bad_message", message));
    }
  }

  /** @param {ArrayBuffer} data */
  #onBinary(data) {
    const frames = decodeFrames(data);
    if (frames) return this.#listeners.get(frames.utterance)?.onFrames(frames);
    const sound = decodeAudio(data);
    if (sound) this.#listeners.get(sound.utterance)?.onAudio(sound);
  }

  /** @param {any} message */
  #onMessage(message) {
    if (message.type === "ready") return this.#onReady(message);
    if (message.type === "pong") return;
    if (message.type === "error" && message.utterance === undefined) return this.#onUnnamedError(message);
    const listener = this.#listeners.get(message.utterance);
    this.#requests.onAnswer(message, !this.#serverSpeech.has(message.utterance));
    listener?.onMessage(message);
    if (message.type === "error" && message.fatal) this.#onFatalRefusal(message);
  }

  /**
   * An error that closes the socket after its utterance has reported it.
   * @param {any} message
   */
  #onFatalRefusal(message) {
    this.#reported = true;
    this.failure = serverError(message);
  }

  /** @param {any} message an error without an utterance */
  #onUnnamedError(message) {
    const id = message.fatal ? undefined : this.#requests.refusedBy(message);
    if (id === undefined) {
      if (message.fatal || message.code !== "bad_state") this.#onConnectionError(message);
      return;
    }
    if (!this.#serverSpeech.has(id)) this.#requests.expectEchoes();
    this.#listeners.get(id)?.onMessage(message);
  }

  /** @param {any} message */
  #onConnectionError(message) {
    this.#reported = true;
    if (message.code === "unauthorized" || message.code === "origin") this.#setState("failed");
    this.#fail(serverError(message));
  }

  /** @param {A2FError} error */
  #fail(error) {
    this.failure = error;
    this.#hooks.onError(error);
  }

  /** @param {any} message */
  #onReady(message) {
    this.ready = message;
    this.columns = columnsOf(message.blendshapes);
    this.#wasReadyBefore = true;
    this.#reported = false;
    this.failure = null;
    this.#unansweredPings = 0;
    this.#keepAlive();
    this.#setState("ready");
    for (const watcher of [...this.watchers]) watcher(true);
  }

  /** Keeps idle connections open through proxies. Two unanswered pings count as a lost connection. */
  #keepAlive() {
    this.#schedule(PING_MS, () => {
      if (this.#unansweredPings >= 2 && !this.#isUploading()) return this.#onClose(ABNORMAL);
      // Reset only now: a server that accepts and immediately drops connections must not be retried at full
      // speed.
      this.#backoff.reset();
      this.#ping();
      this.#keepAlive();
    });
  }

  #ping() {
    this.#unansweredPings++;
    this.send({ type: "ping" });
    this.#backlog = this.#socket?.bufferedAmount ?? 0;
  }

  /** Returns true if a ping waits behind audio that the socket is still sending. */
  #isUploading() {
    const left = this.#socket?.bufferedAmount ?? 0;
    return left > 0 && left < this.#backlog;
  }

  /**
   * Closes the socket of a page that is left, which would keep the page out of the back/forward cache. If it is
   * shown again, `check` reconnects.
   */
  #leavePage() {
    if (this.state !== "ready" && this.state !== "connecting") return;
    this.#dropSocket();
    this.#disconnect("waiting");
  }

  /** @param {number} code */
  #onClose(code) {
    const wasReady = this.state === "ready";
    const failed = this.state === "failed";
    this.#dropSocket();
    if (!this.#reported) this.#fail(closeError(wasReady, code, this.#settings().serverUrl || null));
    this.#reported = true;
    this.#disconnect(failed ? "failed" : "waiting");
    if (!failed) this.#schedule(this.#backoff.next(), () => this.#open());
  }

  #dropSocket() {
    this.#platform.clearTimeout(this.#timer);
    this.#platform.clearTimeout(this.#checkTimer);
    this.#checkTimer = null;
    const socket = this.#socket;
    this.#socket = null;
    if (socket && socket.readyState < 2) socket.close();
  }

  /** @param {ConnectionState} state */
  #disconnect(state) {
    this.ready = null;
    this.#listeners.clear();
    this.#requests.clear();
    this.#serverSpeech.clear();
    this.#afterServerSpeech = [];
    this.#setState(state);
    for (const watcher of [...this.watchers]) watcher(false);
  }

  /**
   * @param {number} ms
   * @param {() => void} action
   */
  #schedule(ms, action) {
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(action, ms);
  }

  /** @param {ConnectionState} state */
  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.#hooks.onState(state);
  }
}

/**
 * @param {boolean} wasReady
 * @param {number} code
 * @param {string | null} address
 */
function closeError(wasReady, code, address) {
  if (code === TRY_AGAIN_LATER)
    return new A2FError("busy", "The server is busy; the client retries shortly.");
  if (wasReady) return new A2FError("connection_lost", "The connection was lost; the client reconnects.");
  const advice = "check that it is running and that an https page uses wss";
  return new A2FError("connection_failed", `Cannot reach the server at ${address}; ${advice}.`);
}
