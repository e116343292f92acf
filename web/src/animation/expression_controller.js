import { isBetween, requireArgument } from "../errors.js";
import { fetchExpressionTable } from "./expression_table.js";

/**
 * @import { A2FError } from "../errors.js"
 * @import { Platform } from "../types.js"
 * @import { ExpressionLayer } from "./expression_layer.js"
 * @import { ExpressionTable } from "./expression_table.js"
 */

/**
 * @typedef {object} ExpressionHooks
 * @property {() => string | null} serverUrl whose table is used
 * @property {(error: A2FError) => void} onError the table cannot be had
 * @property {() => void} onChange there is something to show
 */

/** Shows the emotions that the app wants, once it is known what they look like. Each server is asked once. */
export class ExpressionController {
  #platform;
  #layer;
  #hooks;
  /** @type {Map<string | null, Promise<ExpressionTable | null>>} */
  #tables = new Map();
  /** Counts what was wanted: the last wins, whatever arrives when. */
  #requests = 0;

  /**
   * @param {Platform} platform
   * @param {ExpressionLayer} layer
   * @param {ExpressionHooks} hooks
   */
  constructor(platform, layer, hooks) {
    this.#platform = platform;
    this.#layer = layer;
    this.#hooks = hooks;
  }

  /**
   * @param {Record<string, number>} mix emotion → 0–1
   * @returns {Promise<boolean>} whether something of it is shown
   * @throws {A2FError} bad_argument
   */
  async set(mix) {
    const fit = typeof mix === "object" && Object.values(mix).every((share) => isBetween(share, 0, 1));
    requireArgument(fit, "setExpression() needs an object of numbers from 0 to 1.");
    const request = ++this.#requests;
    if (Object.keys(mix).length === 0) return this.#blendOut();
    const url = this.#hooks.serverUrl();
    const table = await this.#table(url);
    if (!table || request !== this.#requests || url !== this.#hooks.serverUrl()) return false;
    for (const name of Object.keys(mix))
      requireArgument(table.emotions.includes(name), `"${name}" is none of ${table.emotions.join(", ")}.`);
    this.#layer.blendTo(table, mix, this.#platform.now());
    this.#hooks.onChange();
    return Object.values(mix).some((share) => share > 0);
  }

  /** Whatever was wanted is wanted no more, also where its table has not come yet. */
  cancelPending() {
    this.#requests++;
  }

  #blendOut() {
    this.#layer.blendOut(this.#platform.now());
    this.#hooks.onChange();
    return false;
  }

  /** @param {string | null} url */
  #table(url) {
    const known = this.#tables.get(url);
    if (known) return known;
    const asked = fetchExpressionTable(this.#platform, url).catch((error) => {
      this.#tables.delete(url);
      this.#hooks.onError(error);
      return null;
    });
    this.#tables.set(url, asked);
    return asked;
  }
}
