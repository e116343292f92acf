import { element, say } from "./dom.js";
import { Keep } from "./keep/keep.js";
import { TimelineBox } from "./timeline/timeline.js";

/** @typedef {import("audio2face-client").Take} Take */

/** By then an expression has been blended in. */
const BLENDED_MS = 300;

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

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {{canvas: HTMLCanvasElement, player: HTMLAudioElement, speaker: import("./speaker.js").Speaker,
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
    for (const event of ["change", "click"])
      element("emotions").addEventListener(event, () =>
        setTimeout(() => this.#timeline.redraw(), BLENDED_MS),
      );
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
    const empty = take.complete && take.frames().count === 0;
    const kept = take.complete && !empty;
    // A file that was stopped before all its frames came had better go to the server again.
    const whole = !take.cancelled || take.ranks.length === 1;
    // What interrupts a voice may be a file, which is in the player by then.
    if (kept && !file && !this.#speaker.active) this.#speaker.hold(take, name);
    else if (kept && whole) this.#speaker.keep(take);
    this.#timeline.show(empty ? null : take, kept || file);
    this.#keep.show(kept ? take : null, name);
    this.#button.disabled = !kept && !file;
    element("player").hidden = !kept && !file;
  }
}
