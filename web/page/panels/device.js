import { element, setText } from "../dom.js";
import { toSentence } from "../messages.js";

/** @typedef {import("../messages.js").ClientError} ClientError */

/** The page's own network, on pages without a server. It takes the place of the server's panel. */
export class DevicePanel {
  #client;
  #on;
  #status = element("server-status");

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {{pending: () => void, health: (health: import("../health.js").Health, refusal: null) => void}} on
   *   pending: the network is loading
   */
  constructor(client, on) {
    this.#client = client;
    this.#on = on;
  }

  /** There is no server. */
  get url() {
    return "";
  }

  get token() {
    return "";
  }

  /** Loads the network and shows where and how fast it runs. */
  async test() {
    this.#show("wait", "Loading the model …");
    this.#on.pending();
    const error = await this.#client.connect().then(
      () => null,
      (reason) => /** @type {ClientError} */ (reason),
    );
    this.#show(error ? "bad" : "good", error ? toSentence(error.message) : this.#description());
    this.#on.health({ connected: !error, mode: "device", backend: "builtin" }, null);
  }

  #description() {
    const { place = "page", kernel = "plain", stepMs = 0 } = this.#client.getDebugState().network ?? {};
    const where = place === "worker" ? "in a worker" : "in the page";
    const how = kernel === "wasm" ? "with WebAssembly" : "in plain JavaScript";
    return `The built-in model runs ${where}, ${how}. 20 ms of audio take ${stepMs.toFixed(1)} ms.`;
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
