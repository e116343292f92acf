import { element, setText } from "../dom.js";
import { connectionHints, describeError, isConnectionError } from "../messages.js";
import { pageUrl } from "../page_url.js";

/** Pages below different paths of one origin belong to different servers. */
const KEY = `a2f_server_url${location.pathname.replace(/\/[^/]*$/, "")}`;
/** How an established connection ended, by the client's connection state. @type {Record<string, string>} */
const DISCONNECTED = {
  waiting: "Connection lost. Reconnecting …",
  failed: "The server refused the connection.",
};

/**
 * @typedef {import("../health.js").Health} Health
 * @typedef {import("../messages.js").ClientError} ClientError
 */

/** The server's URL and token, and the state of the connection. */
export class ServerPanel {
  #client;
  #on;
  #url = /** @type {HTMLInputElement} */ (element("url"));
  #token = /** @type {HTMLInputElement} */ (element("token"));
  #status = element("server-status");
  #requests = 0;
  /** Whether the server at this URL has answered. */
  #reached = false;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {{pending: () => void, health: (health: Health, refusal: ClientError | null) => void,
   *   connected: () => void, disconnected: () => void}} on pending: the server's health was requested; refusal: why
   *   there is no connection although the server answers
   */
  constructor(client, on) {
    this.#client = client;
    this.#on = on;
    this.#url.value = savedUrl() ?? pageUrl();
    this.#wireForm();
    client.on("connection", ({ state }) => this.#onConnection(state));
    client.on("error", (error) => error.code === "unauthorized" && this.#showRefusal(error));
  }

  /** The URL in use. */
  get url() {
    return this.#url.value.trim().replace(/\/+$/, "") || pageUrl();
  }

  /** The token that was entered, or an empty string. */
  get token() {
    return tokenOf(this.#token.value);
  }

  /** Uses and saves the URL in the field, opens the connection, and shows the server's health. */
  async test() {
    const request = ++this.#requests;
    this.#reached = false;
    const { url } = this;
    if (!this.#use(url)) return;
    this.#show("wait", `Checking ${url} …`);
    this.#on.pending();
    const health = await this.#client.checkConnection();
    if (request !== this.#requests) return;
    const refusal = health.connected ? await this.#connect() : null;
    if (request !== this.#requests) return;
    this.#reached = health.connected && !refusal;
    if (refusal) this.#show("bad", describeRefused(refusal, url, health));
    else this.#show(health.connected ? "good" : "bad", describe(url, health));
    this.#on.health(health, refusal);
  }

  /** Opens the connection: only then does a server tell whether it accepts the token. @returns {Promise<ClientError | null>} */
  async #connect() {
    try {
      this.#show("wait", "Opening the WebSocket …");
      await this.#client.connect();
      return null;
    } catch (error) {
      return /** @type {ClientError} */ (error);
    }
  }

  /** @param {ClientError} error */
  #showRefusal(error) {
    this.#show("bad", describeError(error, this.url));
  }

  #wireForm() {
    this.#url.addEventListener("change", () => this.test());
    this.#token.addEventListener("change", () => {
      this.#client.configure({ apiToken: this.token || null });
      void this.test();
    });
    element("server").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.test();
    });
  }

  /** Configures the client, unless the URL is invalid. @param {string} url @returns {boolean} whether it is valid */
  #use(url) {
    const valid = isServerUrl(url);
    this.#url.value = url;
    this.#url.setAttribute("aria-invalid", String(!valid));
    if (!valid) {
      this.#show("bad", `This is not a valid URL. Use the form ${pageUrl()}`);
      return false;
    }
    saveUrl(url);
    this.#client.configure({ serverUrl: url });
    return true;
  }

  /** @param {string} state of the connection */
  #onConnection(state) {
    if (state === "ready") this.#onReady();
    if (!this.#reached || !(state in DISCONNECTED)) return;
    this.#show("bad", DISCONNECTED[state]);
    this.#on.disconnected();
  }

  #onReady() {
    this.#on.connected();
    // While a test waits for the connection, it shows the result itself.
    if (this.#status.dataset.state === "bad") void this.test();
  }

  /**
   * @param {"good" | "bad" | "wait"} state
   * @param {string} status
   */
  #show(state, status) {
    this.#status.dataset.state = state;
    setText(this.#status, status);
  }
}

/**
 * Describes a server that answers over HTTP, but opens no socket.
 * @param {ClientError} error
 * @param {string} url
 * @param {Health} health
 */
function describeRefused(error, url, health) {
  if (!isConnectionError(error) || error.code === "unauthorized") return describeError(error, url);
  return `${describe(url, health)} But only over HTTP: the WebSocket doesn't open, so the mouth follows the loudness of the audio. A proxy in between must forward WebSocket upgrades.`;
}

/**
 * @param {string} url
 * @param {Health} health
 */
function describe(url, health) {
  if (health.connected) {
    const { backend, device, fps, version } = health;
    return `Connected: backend ${backend} on ${device}, ${fps} fps, version ${version}.`;
  }
  if (health.status) return `The server answers, but reports that it is ${health.status}. Check its log.`;
  if (!health.error) return `${url} answers, but is not an a2f-server. Check the address and port.`;
  return `${health.error} ${connectionHints(url)}`;
}

/** Returns the token of what was pasted: the token itself, or the whole answer of POST /v1/token. @param {string} pasted */
function tokenOf(pasted) {
  const [, token] = /"token"\s*:\s*"([^"]+)"/.exec(pasted) ?? [];
  return (token ?? pasted).trim();
}

/** @param {string} url */
function isServerUrl(url) {
  return /^(https?|wss?):\/\/[^\s/]+/.test(url) && URL.canParse(url);
}

function savedUrl() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} url */
function saveUrl(url) {
  try {
    if (url === pageUrl()) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, url);
  } catch {
    // Without storage the URL is used until the page is closed.
  }
}
