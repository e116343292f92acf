import { element } from "../dom.js";
import { focusStartButton } from "./start_button.js";

/** @typedef {{inPlayer?: boolean, replay?: boolean}} PlayOptions inPlayer: in the audio player; replay: of a recording */

/** Shows what is playing, and stops it. Its methods are the callbacks of the sources. */
export class PlaybackPanel {
  #source;
  #notifications;
  #on;
  #stopButton = /** @type {HTMLButtonElement} */ (element("stop"));

  /**
   * @param {import("../speak/active_source.js").ActiveSource} source
   * @param {import("./notifications.js").Notifications} notifications
   * @param {{record: (name: string, inPlayer: boolean) => void, start: () => void, stop: () => void}} on
   *   record: an utterance starts that will be recorded; start: it or a replay starts; stop: Stop was pressed
   */
  constructor(source, notifications, on) {
    this.#source = source;
    this.#notifications = notifications;
    this.#on = on;
    this.#stopButton.addEventListener("click", () => {
      on.stop();
      source.stop();
    });
  }

  start = (
    /** @type {string} */ name,
    /** @type {string} */ status,
    { inPlayer = false, replay = false } = /** @type {PlayOptions} */ ({}),
  ) => {
    if (!replay) this.#on.record(name, inPlayer);
    this.#on.start();
    this.#notifications.clear();
    this.#notifications.setStatus(status);
    this.#stopButton.disabled = false;
    if (inPlayer) element("player").hidden = false;
  };

  end = (/** @type {string} */ status) => {
    this.#notifications.setStatus(status);
    const focused = document.activeElement === this.#stopButton;
    this.#stopButton.disabled = !this.#source.active;
    // A button that is disabled would lose the keyboard focus.
    if (focused && this.#stopButton.disabled) focusStartButton();
  };

  error = (/** @type {string} */ message) => this.#notifications.alert(message);
}
