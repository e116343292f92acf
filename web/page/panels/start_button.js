import { element } from "../dom.js";

/** Highlights the button that a visitor should try first. @param {boolean} speaks whether there is text-to-speech */
export function highlightStartButton(speaks) {
  element("sample").classList.toggle("primary", !speaks);
}

/** Moves the focus to the button that starts the next utterance. */
export function focusStartButton() {
  const speak = /** @type {HTMLButtonElement} */ (element("speak"));
  (speak.disabled ? element("sample") : speak).focus();
}
