/** L1 penalty, relative to the norm of a template: of two equally good mixtures, the simpler one wins. */
const L1_PENALTY = 0.01;
/** L2 penalty: similar templates share instead of alternating, which keeps the result continuous. */
const L2_PENALTY = 0.004;
/** Maximum sweeps. A few suffice from the last solution; from zero, similar templates need many. */
const MAX_SWEEPS = 200;
const TOLERANCE = 1e-4;

/**
 * Finds the mixture of templates that is nearest to a given vector: non-negative least squares with an
 * elastic net, solved by coordinate descent from the last solution (Friedman, Hastie, Tibshirani 2010,
 * https://doi.org/10.18637/jss.v033.i01, eq. 5). The problem is strictly convex, so its solution is unique
 * and continuous in the input. {@link MixtureSolver#solve} allocates nothing.
 */
export class MixtureSolver {
  /** Share of each template, 0–1 and at most 1 in total. */
  shares;
  #templates;
  #size;
  #gram;
  #target;
  #raw;

  /** @param {readonly Float32Array[]} templates all of the same length, none zero */
  constructor(templates) {
    this.#templates = templates;
    this.#size = templates.length;
    this.#gram = Float32Array.from(templates.flatMap((a) => templates.map((b) => dot(a, b))));
    this.#target = new Float32Array(this.#size);
    this.#raw = new Float32Array(this.#size);
    this.shares = new Float32Array(this.#size);
  }

  /** @param {Float32Array} given as long as a template */
  solve(given) {
    for (let i = 0; i < this.#size; i++) this.#target[i] = dot(this.#templates[i], given);
    for (let sweep = 0; sweep < MAX_SWEEPS && this.#sweep() > TOLERANCE; sweep++);
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
      const next = Math.max(0, (this.#residual(i) - L1_PENALTY * Math.sqrt(own)) / (own * (1 + L2_PENALTY)));
      most = Math.max(most, Math.abs(next - this.#raw[i]));
      this.#raw[i] = next;
    }
    return most;
  }

  /** Returns the residual for one template. @param {number} i */
  #residual(i) {
    let residual = this.#target[i];
    const row = i * this.#size;
    for (let other = 0; other < this.#size; other++)
      if (other !== i) residual -= this.#gram[row + other] * this.#raw[other];
    return residual;
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
