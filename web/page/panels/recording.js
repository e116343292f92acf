import { element, say } from "../dom.js";
import { Keep } from "../export/export_buttons.js";
import { TimelineBox } from "../timeline/timeline.js";

/** @typedef {import("audio2face-client").Take} Take */

/** A take whose face ends so much before the sound still has all of it: decoders pad, seconds. */
const PADDING_S = 0.25;

/** What was spoken last: the timeline shows it, the player plays it again, the buttons keep it. */
export class Takes {
  #speaker;
  #player;
  #timeline;
  #keep;
  #avatar;
  #button = /** @type {HTMLButtonElement} */ (element("replay"));
  /** What is being spoken, and whether the player itself plays it. */
  #now = { name: "", file: false };
  /** What was shown last of what was heard to its end. @type {{take: Take, name: string} | null} */
  #last = null;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {{canvas: HTMLCanvasElement, player: HTMLAudioElement, speaker: import("../speak/audio_player.js").Speaker,
   *   avatar: () => Blob | null, told: (action: () => Promise<void>) => unknown}} page
   */
  constructor(client, { canvas, player, speaker, avatar, told }) {
    this.#speaker = speaker;
    this.#player = player;
    this.#timeline = new TimelineBox(client, {
      seek: (time) => speaker.seek(time),
      toggle: () => speaker.toggle(),
    });
    this.#avatar = avatar;
    this.#keep = new Keep(canvas, player, speaker, told);
    client.on("take", ({ take }) => this.#show(take));
    this.#button.addEventListener("click", () => speaker.toggle());
    element("intensity").addEventListener("input", () => this.#timeline.redraw());
    // The sliders, and the things to say that move them.
    for (const [id, event] of [
      ["emotions", "change"],
      ["emotions", "click"],
      ["samples", "click"],
    ])
      element(id).addEventListener(event, () => setTimeout(() => this.#timeline.redraw()));
  }

  /**
   * Something else is going to be spoken.
   * @param {string} name
   * @param {boolean} file whether the player plays it
   */
  expect(name, file) {
    this.#keep.stop();
    this.#now = { name, file };
  }

  /** A recording ends without a video. */
  stop() {
    this.#keep.stop();
  }

  /** Once a tick. @param {number} now ms */
  tick(now) {
    this.#timeline.tick(now);
    this.#keep.wear(this.#avatar());
    say(this.#button, this.#player.paused ? "Play" : "Pause");
  }

  /** @param {Take} take which begins, or is complete */
  #show(take) {
    const { name, file } = this.#now;
    if (!take.complete) return this.#present(take, name, file);
    // The player itself interrupted it, or there was nothing to say, so what was there before stays on show.
    if ((!file && this.#speaker.active) || take.count() === 0) return this.#restore();
    if (!file) this.#speaker.hold(take, name);
    else if (this.#covers(take)) this.#speaker.keep(take);
    this.#last = { take, name };
    this.#present(take, name, true);
  }

  /** A file that was stopped early, or is longer than a take, goes to the server again. @param {Take} take */
  #covers(take) {
    return take.duration > this.#player.duration - PADDING_S;
  }

  /** Shows again what was shown before. */
  #restore() {
    if (this.#last) this.#present(this.#last.take, this.#last.name, true);
    else this.#present(null, "", false);
  }

  /**
   * @param {Take | null} take
   * @param {string} name
   * @param {boolean} playable whether the player has its sound
   */
  #present(take, name, playable) {
    this.#timeline.show(take, playable);
    this.#keep.show(take?.complete ? take : null, name);
    this.#button.disabled = !playable;
    element("player").hidden = !playable;
  }
}
