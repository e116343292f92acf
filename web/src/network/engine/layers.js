import { History } from "./history.js";
import { Linear } from "./linear.js";

/**
 * @import { Heap } from "./heap.js"
 * @import { NetworkLayout, Tensor } from "./network_file.js"
 */

/** The layers from the features to the faces before the rig. */
export class Layers {
  #heap;
  #stem;
  #blocks;
  #faces;
  #scale;
  #shift;
  /** Inputs of the stem and of each block. */
  #histories;
  #stateLength;
  #last;
  #middle;
  #raw;

  /**
   * @param {Heap} heap
   * @param {NetworkLayout} layout
   * @param {Map<string, Tensor>} tensors
   * @param {number} most steps of a batch
   */
  constructor(heap, { stem, dilations }, tensors, most) {
    const values = (/** @type {string} */ name) => /** @type {Tensor} */ (tensors.get(name)).values;
    this.#heap = heap;
    this.#stem = new Linear(heap, tensors, "stem", stem);
    this.#blocks = dilations.map((_, i) => ({
      taps: new Linear(heap, tensors, `block${i}.taps`, 2),
      mix: new Linear(heap, tensors, `block${i}.mix`),
    }));
    this.#faces = new Linear(heap, tensors, "faces");
    this.#scale = values("norm.scale");
    this.#shift = values("norm.shift");
    const width = this.#stem.outputs;
    let place = (stem - 1) * this.#stem.part;
    this.#histories = [new History(heap, stem - 1, this.#stem.part, most, 0)];
    for (const past of dilations) {
      this.#histories.push(new History(heap, past, width, most, place));
      place += past * width;
    }
    this.#stateLength = place;
    this.#last = heap.allocate(most * width);
    this.#middle = heap.allocate(most * width);
    this.#raw = heap.allocate(most * this.#faces.outputs);
  }

  /** Floats of a row of features. */
  get featureStride() {
    return this.#stem.part;
  }

  /** Place of the batch's features. */
  get features() {
    return this.#histories[0].now;
  }

  /** Floats of a row of faces. */
  get faceStride() {
    return this.#faces.outputs;
  }

  /** Returns the state after silence. */
  newState() {
    return new Float32Array(this.#stateLength);
  }

  /** @param {Float32Array} state */
  load(state) {
    for (const history of this.#histories) history.load(state);
  }

  /**
   * @param {Float32Array} state
   * @param {number} T steps of the batch
   */
  save(state, T) {
    for (const history of this.#histories) history.save(state, T);
  }

  /** Computes faces from the batch's features. @param {number} T @returns {number} place of the faces */
  compute(T) {
    const [features, ...inputs] = this.#histories;
    this.#stem.fill(inputs[0]?.now ?? this.#last, T);
    this.#addStem(features, inputs[0]?.now ?? this.#last, T);
    for (const [i, block] of this.#blocks.entries())
      this.#block(block, inputs[i], inputs[i + 1]?.now ?? this.#last, T);
    this.#normalise(T);
    this.#faces.fill(this.#raw, T);
    this.#faces.add(this.#last, this.#faces.part, 0, this.#raw, T);
    return this.#raw;
  }

  /**
   * @param {History} features
   * @param {number} y
   * @param {number} T
   */
  #addStem({ past, width, length }, y, T) {
    for (let part = 0; part * width <= length; part++) this.#stem.add(past + part * width, width, part, y, T);
    this.#relu(y, T * this.#stem.outputs);
  }

  /**
   * @param {{taps: Linear, mix: Linear}} block
   * @param {History} input
   * @param {number} y
   * @param {number} T
   */
  #block({ taps, mix }, input, y, T) {
    const { floats } = this.#heap;
    taps.fill(this.#middle, T);
    taps.add(input.past, input.width, 0, this.#middle, T);
    taps.add(input.now, input.width, 1, this.#middle, T);
    this.#relu(this.#middle, T * input.width);
    mix.fill(y, T);
    mix.add(this.#middle, input.width, 0, y, T);
    for (let k = 0; k < T * input.width; k++) floats[y + k] += floats[input.now + k];
  }

  /** Applies the last batch norm. @param {number} T */
  #normalise(T) {
    const { floats } = this.#heap;
    const width = this.#faces.part;
    for (let t = 0; t < T; t++)
      for (let n = 0; n < this.#scale.length; n++) {
        const at = this.#last + t * width + n;
        floats[at] = Math.max(0, floats[at] * this.#scale[n] + this.#shift[n]);
      }
  }

  /** @param {number} at @param {number} length */
  #relu(at, length) {
    const { floats } = this.#heap;
    for (let i = at; i < at + length; i++) if (!(floats[i] > 0)) floats[i] = 0;
  }
}
