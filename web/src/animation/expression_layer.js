import { SHAPE_COUNT } from "../arkit.js";

/** @import { ExpressionTable } from "./expression_table.js" */

/** Milliseconds in which one expression gives way to the next. */
const BLEND_MS = 250;

const { fround } = Math;

/**
 * Expressions over whatever the face shows. What it adds is what the server's own processor adds (motion/emotion.py):
 * the same table, the same rule for lips that are closed, the same float32 sums.
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

  /** Whether it changes anything, now or in a moment. */
  get active() {
    return this.#blending || this.#current.some(isSet);
  }

  /**
   * Blends to another mix from wherever the last blend is.
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

  /** Back to none, as softly. @param {number} now ms */
  blendOut(now) {
    if (this.#table) this.blendTo(this.#table, {}, now);
  }

  /** None, at once. */
  reset() {
    this.#current.fill(0);
    this.#target.fill(0);
    this.#blending = false;
  }

  /**
   * Adds the expressions of this instant.
   * @param {Float32Array} face whose first 52 are ARKit's, 0–1
   * @param {number} now ms
   */
  apply(face, now) {
    if (this.#blending) this.#blend((now - this.#start) / BLEND_MS);
    this.#add(face, this.#current);
  }

  /**
   * Adds the expressions that were asked for last, as if they had been blended in already.
   * @param {Float32Array} face whose first 52 are ARKit's, 0–1
   */
  applyTarget(face) {
    this.#add(face, this.#target);
  }

  /**
   * @param {Float32Array} face
   * @param {Float32Array} mix 0–1 an emotion
   */
  #add(face, mix) {
    const table = this.#table;
    if (!table || !mix.some(isSet)) return;
    this.#addUp(table, mix);
    const freedom = fround(Math.min(1, fround(aperture(face, table) / table.parted)));
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

  /** @param {number} share of the way */
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
 * How far the lips are apart.
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
