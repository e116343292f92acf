import { setText } from "../dom.js";

/** The shares of the limit from which the count is shown and from which screen readers announce it. */
const SHOW_FROM = 0.8;
const ANNOUNCE_FROM = 0.98;

/** Shows how many characters a text field holds as it approaches its limit. */
export class CharacterCount {
  #field;
  #output;

  /**
   * @param {HTMLTextAreaElement} field with a maxlength
   * @param {HTMLElement} output
   */
  constructor(field, output) {
    this.#field = field;
    this.#output = output;
    field.addEventListener("input", () => this.#update());
    // The browser may have restored a text from the last visit.
    this.#update();
  }

  #update() {
    const { textLength, maxLength } = this.#field;
    this.#output.ariaLive = textLength < ANNOUNCE_FROM * maxLength ? "off" : "polite";
    this.#output.hidden = textLength < SHOW_FROM * maxLength;
    const limit = textLength < maxLength ? "" : " (limit reached)";
    const count = `${format(textLength)} of ${format(maxLength)} characters${limit}`;
    setText(this.#output, this.#output.hidden ? "" : count);
  }
}

/** @param {number} count */
const format = (count) => count.toLocaleString(document.documentElement.lang);
