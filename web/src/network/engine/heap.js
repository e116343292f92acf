import { plainKernel } from "./kernel.js";

/** @import { Kernel } from "./kernel.js" */

const PAGE_BYTES = 65536;

/** The floats that a kernel computes with. Places are indices of floats; they stay valid when the heap grows. */
export class Heap {
  #module;
  /** @type {WebAssembly.Memory | null} */
  #memory = null;
  #end = 0;
  /** @type {Float32Array} */
  floats;
  /** @type {Kernel} */
  #kernel;

  /** @param {WebAssembly.Module | null} module the kernel; null: plain JavaScript */
  constructor(module) {
    this.#module = module;
    if (module) {
      this.#memory = new WebAssembly.Memory({ initial: 1 });
      const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
      this.#kernel = /** @type {Kernel} */ (exports.mac);
      this.floats = new Float32Array(this.#memory.buffer);
    } else {
      this.floats = new Float32Array(PAGE_BYTES / 4);
      this.#kernel = plainKernel(this.floats);
    }
  }

  /** @returns {"wasm" | "plain"} */
  get kind() {
    return this.#module ? "wasm" : "plain";
  }

  get bytes() {
    return this.floats.byteLength;
  }

  /** Returns the place of new zeros. @param {number} length */
  allocate(length) {
    const at = this.#end;
    this.#end += Math.ceil(length / 4) * 4;
    if (this.#end > this.floats.length) this.#grow(this.#end * 4 - this.bytes);
    return at;
  }

  /**
   * y += x · w; see {@link Kernel}, with places in floats.
   * @param {number} x
   * @param {number} xStride
   * @param {number} w
   * @param {number} y
   * @param {number} yStride
   * @param {number} T
   * @param {number} K
   * @param {number} N
   */
  multiply(x, xStride, w, y, yStride, T, K, N) {
    this.#kernel(4 * x, xStride, 4 * w, 4 * y, yStride, T, K, N);
  }

  /** @param {number} bytes */
  #grow(bytes) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    if (this.#memory) {
      this.#memory.grow(pages);
      this.floats = new Float32Array(this.#memory.buffer);
      return;
    }
    const grown = new Float32Array(this.floats.length + (pages * PAGE_BYTES) / 4);
    grown.set(this.floats);
    this.floats = grown;
    this.#kernel = plainKernel(grown);
  }
}
