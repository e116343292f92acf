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
  /** Whether a file is being spoken, paused or not. */
  active = false;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {HTMLAudioElement} element
   * @param {{start: (name: string) => void, end: (words: string) => void, error: (words: string) => void}} on
   */
  constructor(client, element, on) {
    this.#client = client;
    this.#element = element;
    this.#on = on;
    // The play button of the element itself, after the end.
    element.addEventListener("play", () => this.active || this.#speak());
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  speak(blob, name) {
    this.stop();
    URL.revokeObjectURL(this.#url);
    this.#blob = blob;
    this.#name = name;
    this.#url = this.#element.src = URL.createObjectURL(blob);
    return this.#speak();
  }

  stop() {
    if (!this.active) return;
    this.#run++;
    this.active = false;
    this.#client.cancel();
    this.#element.currentTime = 0;
    this.#on.end("Stopped.");
  }

  /** Seconds of the sound that is heard, or NaN when none is. */
  get heard() {
    const { paused, currentTime } = this.#element;
    return this.active && !paused && currentTime > 0 ? currentTime : Number.NaN;
  }

  async #speak() {
    const run = ++this.#run;
    this.active = true;
    this.#on.start(this.#name);
    const words = await this.#animate();
    if (run !== this.#run) return;
    this.active = false;
    this.#on.end(words);
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
