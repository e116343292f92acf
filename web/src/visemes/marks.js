import { IDS, SILENCE } from "./shapes.js";

/** @import { FrameTrack } from "../frame_track.js" */

/** How long the last mark is taken to last while the next is not known, and how long it stands for itself. */
const ASSUMED_S = 0.15;
const LINGER_S = 0.1;
/** How long the last face stands for itself when no more will come; as in Timeline. */
const TAIL_S = 0.1;
/** So many marks are worth the moving of memory when they are forgotten. */
const WORTHWHILE = 64;

/**
 * The marks of an utterance by time: each is a viseme that lasts until the next. They may come in any order, and
 * are read at any instant without allocating.
 */
export class VisemeMarks {
  #times = new Float64Array(64);
  #ids = new Uint8Array(64);
  #count = 0;
  /** Seconds in all; negative: not known. */
  #duration = -1;

  /** How many marks are kept. */
  get count() {
    return this.#count;
  }

  /** When the last sound ends, as far as is known. */
  get end() {
    const last = this.#times[this.#count - 1];
    return this.#duration < 0 ? last + ASSUMED_S : Math.max(this.#duration, last);
  }

  /**
   * @param {number} time seconds of the utterance
   * @param {number} id Azure viseme, 0–21
   * @returns {number} its index; −1: it is none, or known already, and is left out
   */
  add(time, id) {
    if (!Number.isFinite(time) || !Number.isInteger(id) || id < 0 || id >= IDS) return -1;
    const at = this.find(time) + 1;
    if (at > 0 && this.#times[at - 1] === time && this.#ids[at - 1] === id) return -1;
    this.#reserve();
    this.#move(at, at + 1);
    this.#times[at] = time;
    this.#ids[at] = id;
    return at;
  }

  /**
   * No more marks are to be waited for.
   * @param {number} duration seconds of the utterance
   */
  finish(duration) {
    this.#duration = duration;
  }

  /**
   * Forgets the marks before the one that lasts at a time, and before the one that leads to it.
   * @param {number} time seconds
   */
  trim(time) {
    const stale = this.find(time) - 1;
    if (stale >= WORTHWHILE) this.#move(stale, 0);
  }

  /**
   * Seconds of marks beyond an instant, in the sense of {@link FrameTrack#ahead}.
   * @param {number} time seconds
   */
  ahead(time) {
    if (this.#count === 0) return -Infinity;
    if (this.#duration >= 0) return time <= this.end + TAIL_S ? Infinity : -Infinity;
    return this.#times[this.#count - 1] + LINGER_S - time;
  }

  /**
   * @param {number} i mark; before the first and after the last there is silence
   * @returns {number} its viseme
   */
  idOf(i) {
    return i >= 0 && i < this.#count ? this.#ids[i] : SILENCE;
  }

  /**
   * @param {number} i mark; also one before the first and after the last
   * @returns {number} seconds
   */
  startOf(i) {
    if (i < 0) return -Infinity;
    if (i < this.#count) return this.#times[i];
    return i === this.#count && this.#count > 0 ? this.end : Infinity;
  }

  /**
   * The last mark that is not after a time, −1 if there is none.
   * @param {number} time seconds
   */
  find(time) {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /**
   * Moves the marks from one index on to another.
   * @param {number} from
   * @param {number} to
   */
  #move(from, to) {
    this.#times.copyWithin(to, from, this.#count);
    this.#ids.copyWithin(to, from, this.#count);
    this.#count += to - from;
  }

  #reserve() {
    if (this.#count < this.#times.length) return;
    const times = new Float64Array(this.#count * 2);
    const ids = new Uint8Array(this.#count * 2);
    times.set(this.#times);
    ids.set(this.#ids);
    this.#times = times;
    this.#ids = ids;
  }
}
