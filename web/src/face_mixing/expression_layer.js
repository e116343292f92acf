import { SHAPE_COUNT } from "../arkit.js";

/** @import { ExpressionTable } from "./expression_table.js" */

/** Duration of the blend between expressions, milliseconds. */
const BLEND_MS = 250;

const { fround } = Math;

/**
 * Adds expressions to the animated face. While speaking, exactly as the server does (motion/emotion.py): same table,
 * same rule for closed lips, same float32 sums.
 */
export class ExpressionLayer {
  /** @type {ExpressionTable | null} */
  #table = null;
  #current = new Float32Array(0);
  #from = new Float32Array(0);
  #target = new Float32Array(0);
  #sum = new Float32Array(SHAPE_COUNT);
  #start = 0;
  #blending = false;
  /** How freely shapes may part closed lips, 0–1: 1 while nothing is spoken, so that surprise opens the mouth. */
  freedom = 0;

  /** True if it changes the face now or is about to. */
  get active() {
    return this.#blending || this.#current.some(isSet);
  }

  /**
   * Blends to another mix, starting from the current state.
   * @param {ExpressionTable} table
   * @param {Record<string, number>} mix emotion → 0–1; the others are 0
   * @param {number} now ms
   */
  blendTo(table, mix, now) {
    if (table !== this.#table) this.#use(table);
    this.#from.set(this.#current);
    for (let k = 0; k < this.#target.length; k++) this.#target[k] = mix[table.emotions[k]] ?? 0;
    this.#start = now;
    this.#blending = true;
  }

  /** Blends out. @param {number} now ms */
  blendOut(now) {
    if (this.#table) this.blendTo(this.#table, {}, now);
  }

  /** Removes all expressions immediately. */
  reset() {
    this.#current.fill(0);
    this.#target.fill(0);
    this.#blending = false;
  }

  /**
   * Adds the current expressions.
   * @param {Float32Array} face its first 52 weights are ARKit's, 0–1
   * @param {number} now ms
   */
  apply(face, now) {
    if (this.#blending) this.#blend((now - this.#start) / BLEND_MS);
    this.#add(face, this.#current, this.freedom);
  }

  /**
   * Adds the target expressions, as if the blend had finished.
   * @param {Float32Array} face its first 52 weights are ARKit's, 0–1
   */
  applyTarget(face) {
    this.#add(face, this.#target);
  }

  /**
   * @param {Float32Array} face
   * @param {Float32Array} mix strength of each emotion, 0–1
   * @param {number} [least] how freely shapes may part closed lips
   */
  #add(face, mix, least = 0) {
    const table = this.#table;
    if (!table || !mix.some(isSet)) return;
    this.#addUp(table, mix);
    const freedom = fround(Math.min(1, Math.max(least, fround(aperture(face, table) / table.parted))));
    for (let i = 0; i < SHAPE_COUNT; i++) {
      const added = table.opens[i] ? fround(this.#sum[i] * freedom) : this.#sum[i];
      face[i] = Math.min(1, face[i] + added);
    }
  }

  /** @param {ExpressionTable} table */
  #use(table) {
    this.#table = table;
    this.#current = new Float32Array(table.emotions.length);
    this.#from = new Float32Array(table.emotions.length);
    this.#target = new Float32Array(table.emotions.length);
  }

  /** @param {number} share progress, 0–1 */
  #blend(share) {
    const to = Math.min(1, Math.max(0, share));
    for (let k = 0; k < this.#current.length; k++)
      this.#current[k] = this.#from[k] + (this.#target[k] - this.#from[k]) * to;
    this.#blending = to < 1;
  }

  /**
   * @param {ExpressionTable} table
   * @param {Float32Array} mix
   */
  #addUp({ shapes }, mix) {
    this.#sum.fill(0);
    for (let k = 0; k < shapes.length; k++) {
      const much = mix[k];
      if (much === 0) continue;
      for (let i = 0; i < SHAPE_COUNT; i++) this.#sum[i] += fround(much * shapes[k][i]);
    }
  }
}

/**
 * Returns how far the lips are apart.
 * @param {Float32Array} face
 * @param {ExpressionTable} table
 */
function aperture(face, { lips, shares }) {
  let total = 0;
  for (let i = 0; i < lips.length; i++) total = fround(total + fround(shares[i] * face[lips[i]]));
  return Math.max(0, total);
}

/** @param {number} value */
function isSet(value) {
  return value !== 0;
}
