/** @import { Platform } from "../types.js" */

const PING_MS = 15000;
/** A server that may be unreachable after a change of the network has this long to answer. */
const CHECK_MS = 5000;

/**
 * @typedef {object} KeepAliveHooks
 * @property {() => void} ping sends a ping
 * @property {() => void} onKept the connection has lasted from one ping to the next
 * @property {() => void} onLost pings are not answered
 */

/**
 * Keeps an idle socket open through proxies, and notices when it is dead. Two unanswered pings count as a lost
 * connection, or one after a change of the network.
 */
export class KeepAlive {
  #platform;
  #socket;
  #hooks;
  #timer = /** @type {any} */ (null);
  #checkTimer = /** @type {any} */ (null);
  #unanswered = 0;
  /** Bytes that the socket had still to send at the last ping. */
  #backlog = 0;

  /**
   * @param {Platform} platform
   * @param {WebSocket} socket
   * @param {KeepAliveHooks} hooks
   */
  constructor(platform, socket, hooks) {
    this.#platform = platform;
    this.#socket = socket;
    this.#hooks = hooks;
  }

  start() {
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(() => this.#onTimer(), PING_MS);
  }

  stop() {
    this.#platform.clearTimeout(this.#timer);
    this.#platform.clearTimeout(this.#checkTimer);
  }

  /** Notes that the server has sent something. */
  onMessage() {
    this.#unanswered = 0;
  }

  /** Finds out within seconds whether the socket is still alive. */
  check() {
    if (this.#checkTimer !== null) return;
    this.#ping();
    this.#checkTimer = this.#platform.setTimeout(() => {
      this.#checkTimer = null;
      if (this.#isDead(1)) this.#hooks.onLost();
    }, CHECK_MS);
  }

  #onTimer() {
    if (this.#isDead(2)) return this.#hooks.onLost();
    this.#hooks.onKept();
    this.#ping();
    this.start();
  }

  #ping() {
    this.#unanswered++;
    this.#hooks.ping();
    this.#backlog = this.#socket.bufferedAmount;
  }

  /** A ping may wait behind audio that the socket is still sending. @param {number} pings unanswered ones */
  #isDead(pings) {
    const left = this.#socket.bufferedAmount;
    const uploading = left > 0 && left < this.#backlog;
    return this.#unanswered >= pings && !uploading;
  }
}
