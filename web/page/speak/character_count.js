import { say } from "../dom.js";

/** From this share of the most on the length is shown, and from that it is said. */
const SHOWN = 0.8;
const SAID = 0.98;

/** How much of what a field takes is used, once there is little left. */
export class Length {
  #field;
  #shown;

  /**
   * @param {HTMLTextAreaElement} field with a maxlength
   * @param {HTMLElement} shown
   */
  constructor(field, shown) {
    this.#field = field;
    this.#shown = shown;
    field.addEventListener("input", () => this.#show());
    // What a browser kept from the last visit.
    this.#show();
  }

  #show() {
    const { textLength, maxLength } = this.#field;
    this.#shown.ariaLive = textLength < SAID * maxLength ? "off" : "polite";
    this.#shown.hidden = textLength < SHOWN * maxLength;
    const more = textLength < maxLength ? "" : "; more does not fit";
    say(
      this.#shown,
      this.#shown.hidden ? "" : `${grouped(textLength)} of ${grouped(maxLength)} characters${more}`,
    );
  }
}

/** @param {number} count */
const grouped = (count) => count.toLocaleString(document.documentElement.lang);
