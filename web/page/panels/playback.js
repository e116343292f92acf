import { element } from "../dom.js";

/** @typedef {{inPlayer?: boolean, replay?: boolean}} PlayOptions inPlayer: in the audio player; replay: of a recording */

/** Shows what is playing, and stops it. Its methods are the callbacks of the sources. */
export class PlaybackPanel {
  #source;
  #notifications;
  #on;
  #button;

  /**
   * @param {import("../speak/active_source.js").ActiveSource} source
   * @param {import("./notifications.js").Notifications} notifications
   * @param {{record: (name: string, inPlayer: boolean) => void, start: () => void, stop: () => void}} on
   *   record: an utterance starts that will be recorded; start: it or a replay starts; stop: Stop was pressed
   * @param {import("../speak/speak_button.js").SpeakButton} button
   */
  constructor(source, notifications, on, button) {
    this.#source = source;
    this.#notifications = notifications;
    this.#on = on;
    this.#button = button;
  }

  /** Stops what is playing. */
  stop() {
    this.#on.stop();
    this.#source.stop();
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
    this.#button.playing = true;
    if (inPlayer) element("player").hidden = false;
  };

  end = (/** @type {string} */ status) => {
    this.#notifications.setStatus(status);
    this.#button.playing = this.#source.active;
  };

  error = (/** @type {string} */ message) => this.#notifications.alert(message);
}
