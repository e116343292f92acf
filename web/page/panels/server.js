import { element, say } from "../dom.js";
import { unreachable } from "../messages.js";

const KEY = "a2f_server_url";
/** How a connection ends that there was, by its state. @type {Record<string, string>} */
const LOSSES = {
  waiting: "Connection lost; the page tries again by itself.",
  failed: "The server refused the connection. Give it what it wants, then press Test.",
};

/** @typedef {{connected: boolean, mode?: string, backend?: string, tts?: string | null, [field: string]: any}} Health */

/** The box with the server's address: saved, tested, and told to the client. */
export class ServerBox {
  #client;
  #on;
  #url = /** @type {HTMLInputElement} */ (element("url"));
  #token = /** @type {HTMLInputElement} */ (element("token"));
  #status = element("server-status");
  #asked = 0;
  /** Whether the server at this address answered. */
  #met = false;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {{ask: () => void, health: (health: Health) => void, ready: () => void, lost: () => void}} on
   *   ask: another answer is awaited; ready, lost: the connection
   */
  constructor(client, on) {
    this.#client = client;
    this.#on = on;
    this.#url.value = saved() ?? location.origin;
    this.#url.addEventListener("change", () => this.test());
    this.#token.addEventListener("change", () => {
      client.configure({ apiToken: this.#token.value.trim() || null });
      void this.test();
    });
    client.on("connection", ({ state }) => this.#follow(state));
    element("server").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.test();
    });
  }

  /** The address that is in use. */
  get url() {
    return this.#url.value.trim().replace(/\/+$/, "") || location.origin;
  }

  /** Uses the address in the box, saves it, and says how the server is. */
  async test() {
    const asked = ++this.#asked;
    this.#met = false;
    const { url } = this;
    this.#url.value = url;
    const valid = isAddress(url);
    this.#url.setAttribute("aria-invalid", String(!valid));
    if (!valid) return this.#say("bad", `That is not an address. Write it like ${location.origin}`);
    save(url);
    this.#client.configure({ serverUrl: url });
    this.#say("wait", `Asking ${url} …`);
    this.#on.ask();
    const health = await this.#client.checkConnection();
    if (asked !== this.#asked) return;
    this.#met = health.connected;
    this.#say(health.connected ? "good" : "bad", describe(url, health));
    this.#on.health(health);
  }

  /** What was said of the server holds only as long as the connection. @param {string} state of the connection */
  #follow(state) {
    if (state === "ready") this.#ready();
    if (!this.#met || !(state in LOSSES)) return;
    this.#say("bad", LOSSES[state]);
    this.#on.lost();
  }

  #ready() {
    this.#on.ready();
    if (this.#status.dataset.state !== "good") void this.test();
  }

  /**
   * @param {"good" | "bad" | "wait"} state
   * @param {string} words
   */
  #say(state, words) {
    this.#status.dataset.state = state;
    say(this.#status, words);
  }
}

/**
 * @param {string} url
 * @param {Health} health
 */
function describe(url, health) {
  if (health.connected) {
    const { backend, device, fps, version } = health;
    return `Connected: backend ${backend} on ${device}, ${fps} frames a second, version ${version}.`;
  }
  if (health.status) return `The server answers, but it is ${health.status}. Look at its log.`;
  if (!health.error) return `${url} answers, but not like an a2f-server. Check the address and port.`;
  return `${health.error} ${unreachable(url)}`;
}

/** @param {string} url */
function isAddress(url) {
  return /^(https?|wss?):\/\/[^\s/]+/.test(url) && URL.canParse(url);
}

function saved() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} url */
function save(url) {
  try {
    if (url === location.origin) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, url);
  } catch {
    // Where nothing may be stored the address lasts as long as the page.
  }
}
