/** @typedef {{readonly active: boolean, stop: () => void}} Stoppable something that plays audio */

/** Lets only one source play at a time: text-to-speech, an audio file or the microphone. */
export class ActiveSource {
  /** @type {Stoppable[]} */
  #sources = [];

  /** @param {Stoppable} source */
  add(source) {
    this.#sources.push(source);
  }

  /** Returns whether any source is playing. */
  get active() {
    return this.#sources.some(({ active }) => active);
  }

  /**
   * Stops the other sources, also those that have not started yet, such as a microphone that waits for permission.
   * @param {Stoppable} source which is about to play
   */
  claim(source) {
    for (const other of this.#sources) if (other !== source) other.stop();
  }

  /** Stops every source. */
  stop() {
    for (const source of this.#sources) source.stop();
  }
}
