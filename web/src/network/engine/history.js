/** @import { Heap } from "./heap.js" */

/**
 * Rows in the heap with the last ones of the previous batch before them.
 */
export class History {
  #heap;
  #at;
  #place;

  /**
   * @param {Heap} heap
   * @param {number} past rows
   * @param {number} width
   * @param {number} most rows of a batch
   * @param {number} place where the state has its rows
   */
  constructor(heap, past, width, most, place) {
    this.#heap = heap;
    this.width = width;
    this.length = past * width;
    this.#place = place;
    this.#at = heap.allocate((past + most) * width);
  }

  /** Place of the rows of the past. */
  get past() {
    return this.#at;
  }

  /** Place of the batch. */
  get now() {
    return this.#at + this.length;
  }

  /** @param {Float32Array} state */
  load(state) {
    this.#heap.floats.set(state.subarray(this.#place, this.#place + this.length), this.#at);
  }

  /** @param {Float32Array} state @param {number} T rows of the batch */
  save(state, T) {
    const from = this.#at + T * this.width;
    state.set(this.#heap.floats.subarray(from, from + this.length), this.#place);
  }
}
