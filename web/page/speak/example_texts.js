import { element } from "../dom.js";

/** @typedef {{name: string, text: string, feels: Record<string, number>}} Sample */

/** Each shows something else of the face. @type {readonly Sample[]} */
const SAMPLES = [
  {
    name: "Hello",
    text: "Hello! I am happy to meet you. May I tell you about my big blue balloon?",
    feels: { joy: 0.35 },
  },
  {
    name: "Lips",
    text: "Peter, my best pal, hopped by and popped fifty-five bubbles before my mum came up.",
    feels: {},
  },
  {
    name: "Tongue twister",
    text: "She sells sea shells by the sea shore, and the shells she sells are sea shells, I am sure.",
    feels: { cheekiness: 0.5 },
  },
  {
    name: "Surprise",
    text: "Wow! You did all of this on your own? I have never seen anything like it.",
    feels: { amazement: 0.6 },
  },
  {
    name: "Bad news",
    text: "I am so sorry. The last train left five minutes ago, and there is no other until morning.",
    feels: { sadness: 0.6 },
  },
  {
    name: "Cross",
    text: "No. That is my place, it has always been my place, and I will not move for anybody.",
    feels: { anger: 0.6 },
  },
];

/** Buttons that say something at once, each with its own feeling. They can be used while the server has a voice. */
export class Samples {
  #buttons;

  /** @param {(sample: Sample) => void} onChoose */
  constructor(onChoose) {
    this.#buttons = SAMPLES.map((sample) => button(sample.name, () => onChoose(sample)));
    element("samples").append(...this.#buttons.map(item));
    this.enable(false);
  }

  /** @param {boolean} usable */
  enable(usable) {
    for (const each of this.#buttons) each.disabled = !usable;
  }
}

/**
 * @param {string} name
 * @param {() => void} onClick
 */
function button(name, onClick) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = name;
  made.addEventListener("click", onClick);
  return made;
}

/** @param {HTMLElement} content */
function item(content) {
  const made = document.createElement("li");
  made.append(content);
  return made;
}
