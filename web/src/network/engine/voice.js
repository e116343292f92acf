import { SampleLine } from "./sample_line.js";

/**
 * @import { WindowSizes } from "./sizes.js"
 */

/**
 * @typedef {object} StepComputer The network, for a voice.
 * @property {{lead: number}} layout
 * @property {number} width weights per frame
 * @property {(state: Float32Array, line: SampleLine, sizes: WindowSizes, first: number, out: Float32Array) => void} compute
 */

/** One stream of audio: what the network remembers of it. Its size does not depend on the length of the audio. */
export class Voice {
  #network;
  #sizes;
  #state;
  #line;
  #first;
  #next;
  #ended = false;

  /**
   * @param {StepComputer} network
   * @param {WindowSizes} sizes
   * @param {Float32Array} state
   * @param {number} step first step
   * @param {number} sample position of the first sample that will be written
   */
  constructor(network, sizes, state, step, sample) {
    this.#network = network;
    this.#sizes = sizes;
    this.#state = state;
    this.#line = new SampleLine(sample);
    this.#first = this.#next = step;
  }

  /** Bytes that the voice keeps. */
  get bytes() {
    return this.#state.byteLength + this.#line.samples.byteLength;
  }

  /** @param {Float32Array} samples mono */
  write(samples) {
    this.#line.write(samples);
  }

  /** No more audio follows. */
  end() {
    this.#ended = true;
  }

  /** True when all frames were returned. */
  get over() {
    return this.#ended && this.due === 0;
  }

  /** Number of steps that can be computed now. */
  get due() {
    const { end } = this.#line;
    if (this.#ended) return Math.max(0, this.#sizes.steps(end) + this.#network.layout.lead - this.#next);
    const { rate, stepRate, window, before } = this.#sizes;
    // The last step that starts early enough, give or take one.
    let last = Math.floor(((end - window + before) * stepRate) / rate) + 1;
    while (this.#sizes.start(last) + window > end) last--;
    return Math.max(0, last + 1 - this.#next);
  }

  /**
   * Computes steps that are due. The step s shows the frame s − lead.
   * @param {number} [most]
   * @returns {{first: number, weights: Float32Array}} first: index of the first frame, 50 per second
   */
  run(most = Number.POSITIVE_INFINITY) {
    const { width, layout } = this.#network;
    const count = Math.min(this.due, most);
    const weights = new Float32Array(count * width);
    this.#network.compute(this.#state, this.#line, this.#sizes, this.#next, weights);
    const first = this.#next - layout.lead;
    this.#next += count;
    this.#line.drop(this.#sizes.start(this.#next));
    // Frames before the first step lack their context.
    const early = Math.min(count, Math.max(0, this.#first - first));
    return { first: first + early, weights: weights.subarray(early * width) };
  }
}
