/** L1 penalty, relative to the norm of a template: of two equally good mixtures, the simpler one wins. */
const SPARSE = 0.01;
/** L2 penalty: similar templates share instead of alternating, which keeps the result continuous. */
const RIDGE = 0.004;
/** Maximum sweeps. A few suffice from the last solution; from zero, similar templates need many. */
const SWEEPS = 200;
const SETTLED = 1e-4;

/**
 * Finds the mixture of templates that is nearest to a given vector: non-negative least squares with an
 * elastic net, solved by coordinate descent from the last solution (Friedman, Hastie, Tibshirani 2010,
 * https://doi.org/10.18637/jss.v033.i01, eq. 5). The problem is strictly convex, so its solution is unique
 * and continuous in the input. {@link MixtureSolver#solve} allocates nothing.
 */
export class MixtureSolver {
  /** Share of each template, 0–1 and at most 1 in total. */
  shares;
  #likenesses;
  #size;
  #gram;
  #target;
  #raw;

  /** @param {readonly Float32Array[]} likenesses all of the same length, none zero */
  constructor(likenesses) {
    this.#likenesses = likenesses;
    this.#size = likenesses.length;
    this.#gram = Float32Array.from(likenesses.flatMap((a) => likenesses.map((b) => dot(a, b))));
    this.#target = new Float32Array(this.#size);
    this.#raw = new Float32Array(this.#size);
    this.shares = new Float32Array(this.#size);
  }

  /** @param {Float32Array} given as long as a template */
  solve(given) {
    for (let i = 0; i < this.#size; i++) this.#target[i] = dot(this.#likenesses[i], given);
    for (let sweep = 0; sweep < SWEEPS && this.#sweep() > SETTLED; sweep++);
    let sum = 0;
    for (let i = 0; i < this.#size; i++) sum += this.#raw[i];
    const scale = sum > 1 ? 1 / sum : 1;
    for (let i = 0; i < this.#size; i++) this.shares[i] = this.#raw[i] * scale;
  }

  /** Improves each share once. @returns {number} largest change */
  #sweep() {
    let most = 0;
    for (let i = 0; i < this.#size; i++) {
      const own = this.#gram[i * this.#size + i];
      const next = Math.max(0, (this.#left(i) - SPARSE * Math.sqrt(own)) / (own * (1 + RIDGE)));
      most = Math.max(most, Math.abs(next - this.#raw[i]));
      this.#raw[i] = next;
    }
    return most;
  }

  /** Returns the residual for one template. @param {number} i */
  #left(i) {
    let left = this.#target[i];
    const row = i * this.#size;
    for (let other = 0; other < this.#size; other++)
      if (other !== i) left -= this.#gram[row + other] * this.#raw[other];
    return left;
  }
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
