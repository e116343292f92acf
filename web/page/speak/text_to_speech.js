/** @typedef {import("../messages.js").ClientError} ClientError */

/** Speaks text with the server's voice. The client plays the audio and moves the face. */
export class TextToSpeech {
  #client;
  #source;
  #on;
  #run = 0;
  /** Why there is no connection. @type {ClientError | null} */
  #cause = null;
  /** Whether a text is being spoken or about to be. */
  active = false;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {import("./active_source.js").ActiveSource} source
   * @param {{start: (text: string, status: string) => void, end: (status: string) => void, error: (error: ClientError) => void}} on
   *   error: also receives what the client reports while a text is spoken
   */
  constructor(client, source, on) {
    this.#client = client;
    this.#source = source;
    this.#on = on;
    source.add(this);
    client.on("error", (error) => this.active && this.#onClientError(error));
  }

  /**
   * Interrupts the previous text.
   * @param {string} text
   * @param {string} voice "" for the server's default
   */
  async speak(text, voice) {
    this.stop();
    const run = ++this.#run;
    this.#cause = null;
    this.active = true;
    this.#source.claim(this);
    this.#on.start(text, "Speaking …");
    const status = await this.#play(text, voice);
    if (run !== this.#run) return;
    this.active = false;
    this.#on.end(status);
  }

  stop() {
    if (!this.active) return;
    this.#run++;
    this.active = false;
    this.#client.cancel();
    this.#on.end("Stopped.");
  }

  /**
   * @param {string} text
   * @param {string} voice
   * @returns {Promise<string>} a status message
   */
  async #play(text, voice) {
    const run = this.#run;
    try {
      const outcome = await this.#client.speak(text, voice ? { voice } : {});
      if (outcome.cancelled) return "Stopped.";
      if (outcome.duration === 0) return "This text contains nothing to say.";
      return `Spoke ${outcome.duration.toFixed(1)} s, ${outcome.frames} frames.`;
    } catch (error) {
      if (run === this.#run) this.#report(/** @type {any} */ (error));
      return "Nothing was spoken.";
    }
  }

  /** @param {ClientError} error */
  #onClientError(error) {
    if (error.utterance === undefined) this.#cause = error;
    // A connection lost after the whole sentence has arrived does no harm.
    if (error.utterance !== undefined || error.code !== "connection_lost") this.#report(error);
  }

  /** Prefers the connection's own error, such as a missing token, which is more specific. @param {ClientError} error */
  #report(error) {
    this.#on.error(error.code?.startsWith("connection_") ? (this.#cause ?? error) : error);
  }
}
