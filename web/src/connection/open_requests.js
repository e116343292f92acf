/** Answers to what was already on the way when a stream failed: the server reports stray audio once, and a late `end`. */
const ECHOES = 2;
const REQUESTS = ["start", "speak"];

/**
 * The `start` and `speak` messages that the server has not answered yet, oldest first. It answers in order, so
 * an error that names no utterance belongs to the oldest one.
 */
export class OpenRequests {
  /** @type {Set<number>} */
  #ids = new Set();
  /** `bad_state` errors that may still arrive for a stream that failed. */
  #echoes = 0;

  /** @param {number} id */
  add(id) {
    this.#ids.add(id);
  }

  clear() {
    this.#ids.clear();
    this.#echoes = 0;
  }

  /**
   * Notes a message that names an utterance.
   * @param {{type: string, utterance: number}} message
   * @param {boolean} streams whether the client sends its audio
   */
  onAnswer({ type, utterance }, streams) {
    // Whatever was sent before this request has been answered by now.
    if (this.#ids.delete(utterance)) this.#echoes = 0;
    if (type === "error" && streams) this.expectEchoes();
  }

  /** Notes that a stream failed whose audio and `end` may still be on the way. */
  expectEchoes() {
    this.#echoes = ECHOES;
  }

  /**
   * @param {{code: string, request?: string}} error an error that names no utterance; `request` is missing
   *   from older servers
   * @returns {number | undefined} id of the request that it refuses
   */
  refusedBy({ code, request }) {
    if (request !== undefined) return REQUESTS.includes(request) ? this.#takeOldest() : undefined;
    if (code !== "bad_state" || this.#echoes === 0) return this.#takeOldest();
    this.#echoes--;
    return undefined;
  }

  #takeOldest() {
    const [oldest] = this.#ids;
    this.#ids.delete(oldest);
    return oldest;
  }
}
