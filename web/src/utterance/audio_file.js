import { A2FError } from "../errors.js";

/** The audio file of an utterance: who decodes it for the server's frames, and why it cannot be played. */
export class AudioFile {
  /** @type {"server" | "browser"} */
  decoder = "server";
  /** Who decoded it for the first frames. @type {"server" | "browser" | null} */
  decodedBy = null;
  /** Neither the server nor the browser can decode it. @type {A2FError | null} */
  undecodable = null;
  #format;

  /** @param {string} format its name, for error messages */
  constructor(format) {
    this.#format = format;
  }

  onFrames() {
    this.decodedBy ??= this.decoder;
  }

  /** @param {A2FError} error there will be no more frames */
  onFailure(error) {
    if (error.code === "bad_audio") this.undecodable = error;
  }

  /** Adds the format to an error of the element that plays the file. @param {A2FError} error */
  withFormat(error) {
    if (error.code !== "playback_failed") return error;
    return new A2FError(error.code, `${error.message} The format of the file is ${this.#format}.`);
  }
}
