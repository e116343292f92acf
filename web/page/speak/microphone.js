import { microphoneError, Told } from "../messages.js";

/** Lets the face follow the microphone. */
export class Microphone {
  #client;
  #button;
  #on;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {ReturnType<import("audio2face-client").Audio2FaceClient["listen"]> | null} */
  #session = null;
  #run = 0;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {HTMLButtonElement} button starts and stops
   * @param {{start: () => void, end: () => void, error: (words: string) => void}} on
   */
  constructor(client, button, on) {
    this.#client = client;
    this.#button = button;
    this.#on = on;
    button.addEventListener("click", () => (this.active ? this.stop() : this.start()));
  }

  get active() {
    return this.#stream !== null;
  }

  async start() {
    const run = ++this.#run;
    this.#button.disabled = true;
    try {
      const stream = await ask();
      if (run !== this.#run) return release(stream);
      await this.#listen(stream);
    } catch (error) {
      this.stop();
      this.#on.error(microphoneError(error));
    } finally {
      this.#button.disabled = false;
    }
  }

  stop() {
    this.#run++;
    this.#session?.cancel();
    this.#session = null;
    if (!this.#stream) return;
    release(this.#stream);
    this.#stream = null;
    this.#button.textContent = "Microphone";
    this.#on.end();
  }

  /** @param {MediaStream} stream */
  async #listen(stream) {
    this.#on.start();
    this.#stream = stream;
    this.#button.textContent = "Turn microphone off";
    // Somebody pulled it out.
    stream.getAudioTracks()[0]?.addEventListener("ended", () => this.#stream === stream && this.stop());
    this.#session = this.#client.listen(stream);
    await this.#session.ready;
  }
}

function ask() {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new Told(
      "Browsers open the microphone only on https pages and on localhost. Open this page under one of those addresses.",
    );
  return navigator.mediaDevices.getUserMedia({ audio: true });
}

/** @param {MediaStream} stream */
function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}
