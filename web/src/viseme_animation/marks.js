import { IDS, SILENCE } from "./shapes.js";

/** @import { FrameTrack } from "../frame_track.js" */

/** Assumed duration of the last mark while the next is unknown, and how long it remains valid. */
const ASSUMED_S = 0.15;
const LINGER_S = 0.1;
/** The last face is held for this many seconds after the end, as in FrameTrack. */
const TAIL_S = 0.1;
/** Memory is moved only if at least this many marks are dropped. */
const TRIM_BATCH = 64;

/**
 * Viseme marks of an utterance, sorted by time. A viseme lasts until the next mark. Marks may arrive in any
 * order; reading allocates nothing.
 */
export class VisemeMarks {
  #times = new Float64Array(64);
  #ids = new Uint8Array(64);
  #count = 0;
  /** Total seconds; negative while unknown. */
  #duration = -1;

  /** Number of marks kept. */
  get count() {
    return this.#count;
  }

  /** End of the last sound, as far as known. */
  get end() {
    const last = this.#times[this.#count - 1];
    return this.#duration < 0 ? last + ASSUMED_S : Math.max(this.#duration, last);
  }

  /**
   * @param {number} time seconds of the utterance
   * @param {number} id Azure viseme, 0–21
   * @returns {number} its index; −1 if it is invalid or a duplicate
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
   * Marks the utterance as complete.
   * @param {number} duration seconds of the utterance
   */
  finish(duration) {
    this.#duration = duration;
  }

  /**
   * Drops marks before a time, except the current one and the one before it.
   * @param {number} time seconds
   */
  trim(time) {
    const stale = this.find(time) - 1;
    if (stale >= TRIM_BATCH) this.#move(stale, 0);
  }

  /**
   * Returns the seconds of marks after a time; see {@link FrameTrack#ahead}.
   * @param {number} time seconds
   */
  ahead(time) {
    if (this.#count === 0) return -Infinity;
    if (this.#duration >= 0) return time <= this.end + TAIL_S ? Infinity : -Infinity;
    return this.#times[this.#count - 1] + LINGER_S - time;
  }

  /**
   * @param {number} i index; outside the range there is silence
   * @returns {number} Azure viseme
   */
  idOf(i) {
    return i >= 0 && i < this.#count ? this.#ids[i] : SILENCE;
  }

  /**
   * @param {number} i index; may be outside the range
   * @returns {number} seconds
   */
  startOf(i) {
    if (i < 0) return -Infinity;
    if (i < this.#count) return this.#times[i];
    return i === this.#count && this.#count > 0 ? this.end : Infinity;
  }

  /**
   * Returns the index of the last mark at or before a time, or −1.
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
   * Moves the marks from one index to another.
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
