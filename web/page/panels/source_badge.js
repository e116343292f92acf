import { element, setText } from "../dom.js";

/**
 * @typedef {import("../health.js").Health} Health
 * @typedef {[state: "good" | "fake" | "rough" | "bad" | "unknown", text: string]} Badge
 */

const ON_DEVICE = /** @type {Badge} */ (["good", "On this device: built-in model"]);
/** Sources that may take over from the one that is expected, by the client's rank. @type {Record<string, Badge>} */
const OTHERS = {
  network: ON_DEVICE,
  viseme: ["rough", "From visemes"],
  loudness: ["bad", "From loudness only"],
};

/** Shows in a corner of the view where the face comes from: as expected when idle, as it is while something moves it. */
export class SourceBadge {
  #badge = element("source-badge");
  /** @type {Badge} */
  #expected = ["unknown", "Checking the server …"];

  /** @param {import("audio2face-client").Audio2FaceClient} client */
  constructor(client) {
    client.on("rank", ({ to }) => this.#show(OTHERS[to] ?? this.#expected));
  }

  /**
   * @param {Health} health
   * @param {import("../messages.js").ClientError | null} [refusal] why there is no connection although the server answers
   */
  showHealth(health, refusal = null) {
    this.#expected = refusal ? ["bad", "Not connected: loudness only"] : badgeOf(health);
    this.#show(this.#expected);
  }

  /** @param {Badge} badge */
  #show([state, text]) {
    this.#badge.dataset.state = state;
    setText(this.#badge, text);
  }
}

/** @param {Health} health @returns {Badge} */
function badgeOf({ connected, mode, backend, model }) {
  if (mode === "device") return connected ? ON_DEVICE : ["bad", "No model: loudness only"];
  if (!connected) return ["bad", "No server: loudness only"];
  if (mode === "mock") return ["fake", "Server: mock backend, fake animation"];
  if (backend === "builtin") return ["good", "Server: built-in model"];
  return ["good", model?.name ? `Server: ${backend} (${model.name})` : `Server: ${backend}`];
}
