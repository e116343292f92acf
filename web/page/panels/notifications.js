import { element, say } from "../dom.js";

/** The line that says what is going on, and the box that says what went wrong. */
export class Notice {
  #status = element("status");
  #alert = element("alert");
  #words = element("alert-words");
  /** Whether what the alert says is over once there is a connection. */
  #passing = false;

  /** @param {() => void} onClose the visitor closed the alert */
  constructor(onClose) {
    element("alert-close").addEventListener("click", () => {
      this.clear();
      onClose();
    });
  }

  /** @param {string} words */
  status(words) {
    say(this.#status, words);
  }

  /**
   * @param {string} words what happened, and what to do
   * @param {boolean} passing whether it is over once there is a connection
   */
  alert(words, passing = false) {
    this.#alert.hidden = false;
    this.#passing = passing;
    say(this.#words, words);
  }

  /** There is a connection. */
  connected() {
    if (this.#passing) this.clear();
  }

  clear() {
    this.#alert.hidden = true;
    say(this.#words, "");
  }
}
