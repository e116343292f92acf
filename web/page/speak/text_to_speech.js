/** @typedef {{code: string, message: string, utterance?: number}} Trouble */

/** Lets the server speak a text: the client plays it and moves the face. */
export class Talker {
  #client;
  #on;
  #run = 0;
  /** Why there is no connection. @type {Trouble | null} */
  #cause = null;
  /** Whether a text is being spoken, or about to be. */
  active = false;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {{start: (text: string) => void, end: (words: string) => void, error: (error: Trouble) => void}} on
   *   error: also what the client reports while it is active
   */
  constructor(client, on) {
    this.#client = client;
    this.#on = on;
    client.on("error", (error) => this.active && this.#hear(error));
  }

  /**
   * What is being spoken gives way.
   * @param {string} text
   * @param {string} voice "": the server's choice
   */
  async speak(text, voice) {
    this.stop();
    const run = ++this.#run;
    this.#cause = null;
    this.active = true;
    this.#on.start(text);
    const words = await this.#say(text, voice);
    if (run !== this.#run) return;
    this.active = false;
    this.#on.end(words);
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
   */
  async #say(text, voice) {
    const run = this.#run;
    try {
      const outcome = await this.#client.speak(text, voice ? { voice } : {});
      if (outcome.cancelled) return "Stopped.";
      if (outcome.duration === 0) return "There was nothing to say in that.";
      return `Spoke ${outcome.duration.toFixed(1)} s, ${outcome.frames} frames.`;
    } catch (error) {
      if (run === this.#run) this.#tell(/** @type {any} */ (error));
      return "Nothing was spoken.";
    }
  }

  /** @param {Trouble} error */
  #hear(error) {
    if (error.utterance === undefined) this.#cause = error;
    // A connection that breaks after the whole sentence came does no harm.
    if (error.utterance !== undefined || error.code !== "connection_lost") this.#tell(error);
  }

  /** What the connection itself said, such as that it wants a token, says more. @param {Trouble} error */
  #tell(error) {
    this.#on.error(error.code?.startsWith("connection_") ? (this.#cause ?? error) : error);
  }
}
