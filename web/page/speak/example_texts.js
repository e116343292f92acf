import { element } from "../dom.js";
import { EXAMPLES } from "./examples.js";

/** @typedef {import("./examples.js").ExampleText} ExampleText */

/** Buttons that speak an example text with matching emotions. They are enabled while the server has text-to-speech. */
export class ExampleTexts {
  #buttons;

  /** @param {(example: ExampleText) => void} onChoose */
  constructor(onChoose) {
    this.#buttons = EXAMPLES.map((example) => button(example.name, () => onChoose(example)));
    element("examples").append(...this.#buttons.map(listItem));
    this.enable(false);
  }

  /** @param {boolean} enabled */
  enable(enabled) {
    for (const each of this.#buttons) each.disabled = !enabled;
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
function listItem(content) {
  const made = document.createElement("li");
  made.append(content);
  return made;
}
