/** Bookmarks of an utterance (SSML's `<bookmark mark="…"/>`), each reported once when playback reaches it. */
export class Bookmarks {
  /** @type {{time: number, name: string}[]} in order of time */
  #left = [];

  /**
   * @param {number} time seconds
   * @param {string} name
   */
  add(time, name) {
    const at = this.#left.findIndex((mark) => mark.time > time);
    this.#left.splice(at < 0 ? this.#left.length : at, 0, { time, name });
  }

  /**
   * Takes the bookmarks up to a position.
   * @param {number} position seconds
   */
  take(position) {
    const count = this.#left.findIndex((mark) => mark.time > position);
    return this.#left.splice(0, count < 0 ? this.#left.length : count);
  }
}
