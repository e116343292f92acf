import { element, setText } from "../dom.js";

/** The button that speaks the text, and that stops whatever is playing. Its place and size stay the same. */
export class SpeakButton {
  #button = /** @type {HTMLButtonElement} */ (element("speak"));
  #available = false;
  #playing = false;

  /** Whether the server can speak. @param {boolean} available */
  set available(available) {
    this.#available = available;
    this.#refresh();
  }

  get available() {
    return this.#available;
  }

  /** Whether something is playing. @param {boolean} playing */
  set playing(playing) {
    this.#playing = playing;
    this.#refresh();
  }

  get playing() {
    return this.#playing;
  }

  #refresh() {
    setText(this.#button, this.#playing ? "Stop" : "Speak");
    const focused = document.activeElement === this.#button;
    this.#button.disabled = !this.#playing && !this.#available;
    // A button that is disabled would lose the keyboard focus.
    if (focused && this.#button.disabled) focusStartButton();
  }
}

/** Highlights the button that a visitor should try first. @param {boolean} speaks whether there is text-to-speech */
export function highlightStartButton(speaks) {
  element("sample").classList.toggle("primary", !speaks);
}

/** Moves the focus to the button that starts the next utterance. */
export function focusStartButton() {
  const speak = /** @type {HTMLButtonElement} */ (element("speak"));
  (speak.disabled ? element("sample") : speak).focus();
}
