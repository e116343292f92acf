/** @import { Tensor } from "./network_file.js" */

const clip = (/** @type {number} */ x) => Math.min(1, Math.max(0, x));

/** Turns the network's faces into weights: closed lips and others yield to each other, then shapes are mixed. */
export class Rig {
  #yields;
  #shapes;
  #value;

  /** @param {Map<string, Tensor>} tensors */
  constructor(tensors) {
    this.#yields = /** @type {Tensor} */ (tensors.get("rig.yields"));
    this.#shapes = /** @type {Tensor} */ (tensors.get("rig.shapes"));
    this.#value = new Float32Array(this.#shapes.shape[0]);
  }

  /** Number of weights. */
  get width() {
    return this.#shapes.shape[1];
  }

  /**
   * @param {Float32Array} faces
   * @param {number} from
   * @param {Float32Array} out
   * @param {number} to
   */
  write(faces, from, out, to) {
    const value = this.#value;
    const { shape, values: yields } = this.#yields;
    const [gates, count] = shape;
    for (let i = 0; i < count; i++) value[i] = clip(faces[from + i]);
    const gate = value.slice(count - gates);
    for (let i = 0; i < count; i++) {
      const yielded = gate.reduce((sum, share, g) => sum + share * yields[g * count + i], 1);
      value[i] *= clip(yielded);
    }
    for (let n = 0; n < this.width; n++) out[to + n] = clip(this.#mixed(n));
  }

  /** @param {number} shape */
  #mixed(shape) {
    let sum = 0;
    for (let i = 0; i < this.#value.length; i++)
      sum += this.#value[i] * this.#shapes.values[i * this.width + shape];
    return sum;
  }
}
