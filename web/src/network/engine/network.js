import { Features } from "./features.js";
import { Heap } from "./heap.js";
import { Layers } from "./layers.js";
import { Rig } from "./rig.js";
import { Voice } from "./voice.js";

/**
 * @import { NetworkLayout, Tensor } from "./network_file.js"
 * @import { SampleLine } from "./sample_line.js"
 * @import { WindowSizes } from "./sizes.js"
 */

/** Steps that are computed at once, at most. */
const MOST = 16;

/** The built-in model: its weights, the memory to compute with, and what all voices share. */
export class Network {
  #features;
  #layers;
  #rig;

  /**
   * @param {{layout: NetworkLayout, tensors: Map<string, Tensor>}} file
   * @param {WebAssembly.Module | null} module the kernel; null: plain JavaScript
   */
  constructor({ layout, tensors }, module) {
    this.layout = layout;
    this.heap = new Heap(module);
    this.#layers = new Layers(this.heap, layout, tensors, MOST);
    this.#features = new Features(this.heap, layout, tensors, MOST);
    this.#rig = new Rig(tensors);
  }

  /**
   * Opens a voice.
   * @param {number} rate sample rate, Hertz
   * @param {{step?: number, sample?: number}} [start] the first step to compute, and the position of the first sample
   */
  open(rate, { step = 0, sample = 0 } = {}) {
    return new Voice(this, this.#features.sizes(rate), this.#layers.newState(), step, sample);
  }

  /** Weights per frame. */
  get width() {
    return this.#rig.width;
  }

  /**
   * Computes steps and moves the state on.
   * @param {Float32Array} state
   * @param {SampleLine} line
   * @param {WindowSizes} sizes
   * @param {number} first step
   * @param {Float32Array} out weights, a frame per step
   */
  compute(state, line, sizes, first, out) {
    const count = out.length / this.width;
    for (let done = 0; done < count; done += MOST) {
      const T = Math.min(MOST, count - done);
      this.#layers.load(state);
      const { features, featureStride, faceStride } = this.#layers;
      this.#features.compute(line, sizes, first + done, T, features, featureStride);
      const faces = this.#layers.compute(T);
      this.#layers.save(state, T);
      for (let t = 0; t < T; t++)
        this.#rig.write(this.heap.floats, faces + t * faceStride, out, (done + t) * this.width);
    }
  }
}
