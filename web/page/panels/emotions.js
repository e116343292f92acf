import { element, say } from "../dom.js";

/** As they are called on the wire, and for people. */
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

/** The ten emotions as sliders that act at once, whoever speaks. What they look like is the server's to say. */
export class Emotions {
  #client;
  #onChange;
  #status = element("emotions-status");
  #neutral = /** @type {HTMLButtonElement} */ (element("emotions-neutral"));
  #sliders = EMOTIONS.map(([name, label]) => slider(name, label));
  /** Why they cannot be used. */
  #trouble = "";
  /** Counts the servers: what an earlier one answers late concerns nobody. */
  #servers = 0;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {() => void} onChange the face changes
   */
  constructor(client, onChange) {
    this.#client = client;
    this.#onChange = onChange;
    element("emotion-sliders").append(...this.#sliders.map(({ field }) => field));
    for (const { input, output } of this.#sliders)
      input.addEventListener("input", () => {
        say(output, Number(input.value).toFixed(2));
        this.#show();
      });
    this.#neutral.addEventListener("click", () => this.#reset());
    client.on("error", ({ code, message }) => {
      if (code === "no_expressions") this.#trouble = message;
    });
    this.#enable(false, "asking the server …");
  }

  /** Another server, or another word of it. @param {import("./server.js").Health} health */
  async use({ connected }) {
    const server = ++this.#servers;
    if (!connected)
      return this.#lose("What an emotion looks like is the server’s to say, and it cannot be reached.");
    this.#trouble = "";
    // Asks for the table, so that the first touch of a slider is seen at once.
    await this.#client.setExpression(this.#mix());
    if (server !== this.#servers) return;
    if (this.#trouble) this.#lose(this.#trouble);
    else this.#enable(true, "");
  }

  /** Moves the sliders, where they can be used. @param {Record<string, number>} mix */
  feel(mix) {
    if (this.#neutral.disabled) return;
    this.#set(mix);
    this.#show();
  }

  /** @param {Record<string, number>} mix */
  #set(mix) {
    for (const { name, input, output } of this.#sliders) {
      input.value = String(mix[name] ?? 0);
      say(output, Number(input.value).toFixed(2));
    }
  }

  /** @param {string} why */
  #lose(why) {
    this.#reset();
    this.#enable(false, why);
  }

  #reset() {
    this.#set({});
    void this.#client.setExpression(null);
    this.#onChange();
  }

  #show() {
    void this.#client.setExpression(this.#mix());
    this.#onChange();
  }

  #mix() {
    return Object.fromEntries(this.#sliders.map(({ name, input }) => [name, Number(input.value)]));
  }

  /**
   * @param {boolean} enabled
   * @param {string} words
   */
  #enable(enabled, words) {
    for (const { input } of this.#sliders) input.disabled = !enabled;
    this.#neutral.disabled = !enabled;
    this.#status.hidden = words === "";
    say(this.#status, words);
  }
}

/**
 * @param {string} name
 * @param {string} words
 */
function slider(name, words) {
  const id = `emotion-${name}`;
  const field = document.createElement("div");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const output = document.createElement("output");
  const title = document.createElement("span");
  title.textContent = words;
  output.textContent = "0.00";
  output.htmlFor.add(id);
  label.htmlFor = id;
  label.append(title, output);
  // A browser that reloads the page must not keep what the face does not show.
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
