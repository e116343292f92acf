import { element, setText } from "../dom.js";

/** Names in the protocol, and labels. */
const EMOTIONS = [
  ["joy", "Joy"],
  ["sadness", "Sadness"],
  ["amazement", "Amazement"],
  ["fear", "Fear"],
  ["anger", "Anger"],
  ["grief", "Grief"],
  ["cheekiness", "Cheekiness"],
  ["disgust", "Disgust"],
  ["pain", "Pain"],
  ["outofbreath", "Out of breath"],
];

const NO_SERVER = "Emotions need the server, which can't be reached.";
const NO_MODEL = "Emotions need the model, which is not loaded.";

/** A slider for each emotion. Sliders take effect immediately. The server defines what an emotion looks like. */
export class EmotionsPanel {
  #client;
  #onChange;
  #status = element("emotions-status");
  #neutral = /** @type {HTMLButtonElement} */ (element("emotions-neutral"));
  #sliders = EMOTIONS.map(([name, label]) => createSlider(name, label));
  /** Why the server's emotions can't be used. */
  #error = "";
  /** Counts the requests. A late answer of an earlier server is ignored. */
  #requests = 0;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {() => void} onChange called when the face changes
   */
  constructor(client, onChange) {
    this.#client = client;
    this.#onChange = onChange;
    element("emotion-sliders").append(...this.#sliders.map(({ field }) => field));
    for (const { input } of this.#sliders) input.addEventListener("input", () => this.set(this.#values()));
    this.#neutral.addEventListener("click", () => this.#reset());
    client.on("error", ({ code, message }) => {
      if (code === "no_expressions" || code === "network_unavailable") this.#error = message;
    });
    this.#enable(false, "Checking the server …");
  }

  /** Enables the sliders if the server can be reached, or if the model is loaded. @param {import("../health.js").Health} health */
  async showHealth({ connected, mode }) {
    const request = ++this.#requests;
    if (!connected) return this.#disable(mode === "device" ? NO_MODEL : NO_SERVER);
    this.#error = "";
    // Fetches the table of emotions, so that the first change of a slider shows without delay.
    await this.#client.setExpression(this.#values());
    if (request !== this.#requests) return;
    if (this.#error) this.#disable(this.#error);
    else this.#enable(true, "");
  }

  /** Moves the sliders, if they are enabled. @param {Record<string, number>} emotions 0–1 by name */
  set(emotions) {
    if (this.#neutral.disabled) return;
    this.#move(emotions);
    this.#apply(this.#values());
  }

  /** @param {Record<string, number>} emotions */
  #move(emotions) {
    for (const { name, input, output } of this.#sliders) {
      input.value = String(emotions[name] ?? 0);
      setText(output, Number(input.value).toFixed(2));
    }
  }

  /** @param {string} reason */
  #disable(reason) {
    this.#reset();
    this.#enable(false, reason);
  }

  #reset() {
    this.#move({});
    this.#apply(null);
  }

  /** @param {Record<string, number> | null} emotions */
  #apply(emotions) {
    void this.#client.setExpression(emotions);
    this.#onChange();
  }

  #values() {
    return Object.fromEntries(this.#sliders.map(({ name, input }) => [name, Number(input.value)]));
  }

  /**
   * @param {boolean} enabled
   * @param {string} status "" to hide it
   */
  #enable(enabled, status) {
    for (const { input } of this.#sliders) input.disabled = !enabled;
    this.#neutral.disabled = !enabled;
    this.#status.hidden = status === "";
    setText(this.#status, status);
  }
}

/**
 * @param {string} name
 * @param {string} title
 */
function createSlider(name, title) {
  const id = `emotion-${name}`;
  const field = document.createElement("div");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const output = document.createElement("output");
  const text = document.createElement("span");
  text.textContent = title;
  output.textContent = "0.00";
  output.htmlFor.add(id);
  label.htmlFor = id;
  label.append(text, output);
  // Without autocomplete="off", browsers restore values after a reload that the face does not show.
  Object.assign(input, {
    type: "range",
    id,
    min: "0",
    max: "1",
    step: "0.05",
    value: "0",
    autocomplete: "off",
  });
  field.append(label, input);
  return { name, field, input, output };
}
