import { element, say } from "./dom.js";

/** The line that says what is going on, and the box that says what went wrong. */
export class Notice {
  #status = element("status");
  #alert = element("alert");
  #words = element("alert-words");

  constructor() {
    element("alert-close").addEventListener("click", () => this.clear());
  }

  /** @param {string} words */
  status(words) {
    say(this.#status, words);
  }

  /** @param {string} words what happened, and what to do */
  alert(words) {
    this.#alert.hidden = false;
    say(this.#words, words);
  }

  clear() {
    this.#alert.hidden = true;
    say(this.#words, "");
  }
}
