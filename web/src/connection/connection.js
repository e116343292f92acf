import { addresses } from "../addresses.js";
import { A2FError, serverError } from "../errors.js";
import { watchPage } from "../page_events.js";
import { Backoff } from "./backoff.js";
import { KeepAlive } from "./keep_alive.js";
import { OpenUtterances } from "./open_utterances.js";
import { columnsOf, subprotocols } from "./protocol.js";

/** @import { ConnectionState, Platform, Settings } from "../types.js" */

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
 */

/** One WebSocket to one server. It stays open between utterances and reconnects after a failure. */
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
  utterances = new OpenUtterances();
  #platform;
  #settings;
  #hooks;
  #backoff;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {KeepAlive | null} */
  #keepAlive = null;
  /** Of the attempt to open the socket, or of the next one. */
  #timer = /** @type {any} */ (null);
  #reported = false;
  /** True if this server has been ready before. */
  #wasReadyBefore = false;
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
    if (this.state === "ready") this.#keepAlive?.check();
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
    if (this.state !== "ready" || !this.utterances.isEmpty) return false;
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
    this.#keepAlive = this.#keepAliveOf(socket);
    socket.onmessage = ({ data }) => this.#socket === socket && this.#onData(data);
    socket.onclose = ({ code }) => this.#socket === socket && this.#onClose(code);
    this.#schedule(OPEN_TIMEOUT_MS, () => this.#onClose(ABNORMAL));
  }

  /** @param {WebSocket} socket */
  #keepAliveOf(socket) {
    return new KeepAlive(this.#platform, socket, {
      ping: () => this.send({ type: "ping" }),
      // Not as soon as it is ready: a server that accepts and immediately drops connections must not be retried
      // at full speed.
      onKept: () => this.#backoff.reset(),
      onLost: () => this.#onClose(ABNORMAL),
    });
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
    this.#keepAlive?.onMessage();
    try {
      if (typeof data !== "string") this.utterances.onBinary(data);
      else this.#onMessage(JSON.parse(data));
    } catch (error) {
      const message = `The client cannot read a message from the server: ${/** @type {Error} */ (error).message}`;
      this.#hooks.onError(error instanceof A2FError ? error : new A2FError("bad_message", message));
    }
  }

  /** @param {any} message */
  #onMessage(message) {
    if (message.type === "ready") return this.#onReady(message);
    if (message.type === "pong") return;
    if (!this.utterances.onMessage(message)) return this.#onConnectionError(message);
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
    this.#platform.clearTimeout(this.#timer);
    this.#keepAlive?.start();
    this.#setState("ready");
    for (const watcher of [...this.watchers]) watcher(true);
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
    this.#keepAlive?.stop();
    const socket = this.#socket;
    this.#socket = null;
    if (socket && socket.readyState < 2) socket.close();
  }

  /** @param {ConnectionState} state */
  #disconnect(state) {
    this.ready = null;
    this.utterances.clear();
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
