import { element, setText } from "../dom.js";

/** @typedef {import("audio2face-client").Take} Take a recording */

/** Decoders pad audio: a recording that ends this many seconds before the audio is still complete. */
const PADDING_S = 0.25;

/** The last utterance: the timeline shows it, the player replays it, the export buttons download it. */
export class RecordingPanel {
  #player;
  #audio;
  #timeline;
  #exports;
  #button = /** @type {HTMLButtonElement} */ (element("replay"));
  /** The utterance that is being recorded, and whether the player itself plays it. */
  #current = { name: "", inPlayer: false };
  /** The last complete recording. @type {{recording: Take, name: string} | null} */
  #last = null;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {{player: import("../speak/audio_player.js").AudioPlayer, audio: HTMLAudioElement,
   *   timeline: import("../timeline/timeline.js").TimelinePanel,
   *   exports: import("../export/export_buttons.js").ExportButtons}} parts audio: the player's element
   */
  constructor(client, { player, audio, timeline, exports }) {
    this.#player = player;
    this.#audio = audio;
    this.#timeline = timeline;
    this.#exports = exports;
    client.on("take", ({ take }) => this.#onTake(take));
    this.#button.addEventListener("click", () => player.toggle());
    this.#redrawOnSettings();
  }

  /**
   * Another utterance is about to start.
   * @param {string} name
   * @param {boolean} inPlayer whether the player plays it
   */
  expect(name, inPlayer) {
    this.#exports.stop();
    this.#current = { name, inPlayer };
  }

  /** Called on every frame. @param {number} now ms */
  update(now) {
    this.#timeline.update(now);
    setText(this.#button, this.#audio.paused ? "Play" : "Pause");
  }

  /** Intensity and emotions change what a recording shows. Examples set emotions, too. */
  #redrawOnSettings() {
    element("intensity").addEventListener("input", () => this.#timeline.redraw());
    for (const [id, event] of [
      ["emotions", "change"],
      ["emotions", "click"],
      ["examples", "click"],
    ])
      element(id).addEventListener(event, () => setTimeout(() => this.#timeline.redraw()));
  }

  /** @param {Take} recording which has just started or is complete */
  #onTake(recording) {
    const { name, inPlayer } = this.#current;
    if (!recording.complete) return this.#show(recording, name, inPlayer);
    // An empty recording, or one that the player interrupted, does not replace the last one.
    if ((!inPlayer && this.#player.active) || recording.count() === 0) return this.#restore();
    if (!inPlayer) this.#player.load(recording, name);
    else if (this.#covers(recording)) this.#player.attach(recording);
    this.#last = { recording, name };
    this.#show(recording, name, true);
  }

  /** A file that was stopped early, or exceeds the length of a recording, is animated again. @param {Take} recording */
  #covers(recording) {
    return recording.duration > this.#audio.duration - PADDING_S;
  }

  #restore() {
    if (this.#last) this.#show(this.#last.recording, this.#last.name, true);
    else this.#show(null, "", false);
  }

  /**
   * @param {Take | null} recording
   * @param {string} name
   * @param {boolean} playable whether its audio is in the player
   */
  #show(recording, name, playable) {
    this.#timeline.show(recording, playable);
    this.#exports.show(recording?.complete ? recording : null, name);
    this.#button.disabled = !playable;
    element("player").hidden = !playable;
  }
}
