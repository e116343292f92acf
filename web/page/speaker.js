import { notSound, sentence } from "./words.js";

/** Codes of the client that mean that the file is at fault. */
const BAD_FILE = new Set(["playback_failed", "bad_audio", "unsupported_audio", "empty_audio"]);

/** Speaks files: the <audio> element plays them, the client moves the face. */
export class Speaker {
  #client;
  #element;
  #on;
  #name = "";
  #url = "";
  #blob = new Blob();
  #run = 0;
  /** What the element plays, once all of it is known. @type {import("audio2face-client").Take | null} */
  #take = null;
  /** Whether a file is being spoken, or a take shown again, paused or not. */
  active = false;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {HTMLAudioElement} element
   * @param {{start: (name: string, again: boolean) => void, end: (words: string) => void,
   *   error: (words: string) => void}} on again: it is shown again, without the server
   */
  constructor(client, element, on) {
    this.#client = client;
    this.#element = element;
    this.#on = on;
    // The play button of the element itself, after the end.
    element.addEventListener("play", () => this.active || this.#begin());
    element.addEventListener("seeking", () => {
      if (!this.active && this.#take && element.currentTime > 0) this.#begin();
    });
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  speak(blob, name) {
    this.#load(blob, name);
    return this.#begin();
  }

  /**
   * Puts something in the player that was heard elsewhere.
   * @param {import("audio2face-client").Take} take
   * @param {string} name
   */
  hold(take, name) {
    this.#load(take.wav(), name);
    this.#take = take;
  }

  /** What the player plays was spoken to its end. @param {import("audio2face-client").Take} take */
  keep(take) {
    this.#take = take;
  }

  /** Moves the sound, and with it the face, to an instant. @param {number} time seconds */
  seek(time) {
    if (!this.active) void this.#begin();
    this.#element.currentTime = time;
  }

  toggle() {
    if (this.#element.paused) void this.#element.play();
    else this.#element.pause();
  }

  stop() {
    if (!this.active) return;
    this.#run++;
    this.active = false;
    this.#client.cancel();
    this.#element.currentTime = 0;
    this.#on.end("Stopped.");
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  #load(blob, name) {
    this.stop();
    this.#take = null;
    URL.revokeObjectURL(this.#url);
    this.#blob = blob;
    this.#name = name;
    this.#url = this.#element.src = URL.createObjectURL(blob);
  }

  async #begin() {
    const run = ++this.#run;
    this.active = true;
    this.#on.start(this.#name, this.#take !== null);
    const words = await (this.#take ? this.#replay(this.#take) : this.#animate());
    if (run !== this.#run) return;
    this.active = false;
    this.#on.end(words);
  }

  /** @param {import("audio2face-client").Take} take */
  async #replay(take) {
    await this.#client.replay(take, this.#element);
    return `Played ${this.#name}: ${take.duration.toFixed(1)} s.`;
  }

  async #animate() {
    try {
      const { frames, duration } = await this.#client.processAndAnimate(this.#blob, this.#element);
      return `Spoke ${this.#name}: ${duration.toFixed(1)} s, ${frames} frames.`;
    } catch (error) {
      const { code } = /** @type {{code?: string}} */ (error);
      this.#on.error(BAD_FILE.has(code ?? "") ? notSound(this.#name) : sentence(error));
      return "Nothing to hear.";
    }
  }
}
