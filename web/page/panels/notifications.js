import { element, setText } from "../dom.js";
import { focusStartButton } from "../speak/speak_button.js";

/** The status line, and the alert box for errors. */
export class Notifications {
  #status = element("status");
  #box = element("alert");
  #message = element("alert-message");
  /** Whether the alert disappears once the page is connected. */
  #untilConnected = false;

  constructor() {
    element("alert-close").addEventListener("click", () => {
      this.clear();
      focusStartButton();
    });
  }

  /** @param {string} status */
  setStatus(status) {
    setText(this.#status, status);
  }

  /**
   * @param {string} message what happened and what to do
   * @param {{untilConnected?: boolean}} [options] untilConnected: the alert disappears once the page is connected
   */
  alert(message, { untilConnected = false } = {}) {
    this.#box.hidden = false;
    this.#untilConnected = untilConnected;
    setText(this.#message, message);
  }

  /** The page is connected. */
  onConnected() {
    if (this.#untilConnected) this.clear();
  }

  clear() {
    this.#box.hidden = true;
    setText(this.#message, "");
  }
}
