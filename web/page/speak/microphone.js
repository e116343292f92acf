import { describeMicrophoneError, UserError } from "../messages.js";

/** Makes the face follow the microphone. */
export class Microphone {
  #client;
  #source;
  #button;
  #on;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {ReturnType<import("audio2face-client").Audio2FaceClient["listen"]> | null} */
  #session = null;
  #run = 0;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {import("./active_source.js").ActiveSource} source
   * @param {HTMLButtonElement} button starts and stops it
   * @param {{start: (name: string, status: string) => void, end: (status: string) => void, error: (message: string) => void}} on
   */
  constructor(client, source, button, on) {
    this.#client = client;
    this.#source = source;
    this.#button = button;
    this.#on = on;
    source.add(this);
    button.addEventListener("click", () => (this.active ? this.stop() : this.start()));
  }

  get active() {
    return this.#stream !== null;
  }

  async start() {
    const run = ++this.#run;
    this.#button.disabled = true;
    try {
      const stream = await requestMicrophone();
      if (run !== this.#run) return release(stream);
      await this.#listen(stream);
    } catch (error) {
      this.stop();
      this.#on.error(describeMicrophoneError(error));
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
    this.#on.end("The microphone is off.");
  }

  /** @param {MediaStream} stream */
  async #listen(stream) {
    this.#source.claim(this);
    this.#on.start("microphone", "Listening to the microphone …");
    this.#stream = stream;
    this.#button.textContent = "Turn microphone off";
    // The track ends when the device is unplugged.
    stream.getAudioTracks()[0]?.addEventListener("ended", () => this.#stream === stream && this.stop());
    this.#session = this.#client.listen(stream);
    await this.#session.ready;
  }
}

function requestMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new UserError(
      "Browsers allow the microphone only on https pages and on localhost. Open this page at such an address.",
    );
  return navigator.mediaDevices.getUserMedia({ audio: true });
}

/** @param {MediaStream} stream */
function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}
