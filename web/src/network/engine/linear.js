import { PANEL, roundUp } from "./sizes.js";

/**
 * @import { Heap } from "./heap.js"
 * @import { Tensor } from "./network_file.js"
 */

/**
 * A linear layer in the heap. Its inputs are in `parts` rows side by side, each padded to whole panels.
 */
export class Linear {
  #heap;
  #weights;
  #bias;

  /**
   * @param {Heap} heap
   * @param {Map<string, Tensor>} tensors
   * @param {string} name
   * @param {number} [parts]
   */
  constructor(heap, tensors, name, parts = 1) {
    const weights = /** @type {Tensor} */ (tensors.get(`${name}.weights`));
    const bias = /** @type {Tensor} */ (tensors.get(`${name}.bias`)).values;
    const [inputs, outputs] = weights.shape;
    this.#heap = heap;
    /** Floats of a part. */
    this.part = roundUp(inputs / parts);
    this.outputs = roundUp(outputs);
    this.#weights = heap.allocate(parts * this.part * this.outputs);
    this.#bias = heap.allocate(this.outputs);
    heap.floats.set(bias, this.#bias);
    for (let each = 0; each < parts; each++) this.#place(weights, each, inputs / parts);
  }

  /** Writes the bias into rows. @param {number} y @param {number} T */
  fill(y, T) {
    const { floats } = this.#heap;
    for (let t = 0; t < T; t++)
      floats.copyWithin(y + t * this.outputs, this.#bias, this.#bias + this.outputs);
  }

  /**
   * Adds the product of rows with one part of the weights.
   * @param {number} x
   * @param {number} stride
   * @param {number} part
   * @param {number} y
   * @param {number} T
   */
  add(x, stride, part, y, T) {
    const w = this.#weights + part * this.part * this.outputs;
    this.#heap.multiply(x, stride, w, y, this.outputs, T, this.part, this.outputs);
  }

  /**
   * @param {Tensor} weights
   * @param {number} part
   * @param {number} inputs of a part
   */
  #place({ shape: [, outputs], values }, part, inputs) {
    const { floats } = this.#heap;
    const at = this.#weights + part * this.part * this.outputs;
    for (let k = 0; k < inputs; k++)
      for (let n = 0; n < outputs; n++) {
        const panel = at + (n - (n % PANEL)) * this.part;
        floats[panel + k * PANEL + (n % PANEL)] = values[(part * inputs + k) * outputs + n];
      }
  }
}
