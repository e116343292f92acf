import { isBetween, requireArgument } from "../errors.js";
import { fetchExpressionTable, parseExpressionTable } from "./expression_table.js";

/**
 * @import { A2FError } from "../errors.js"
 * @import { Platform } from "../types.js"
 * @import { ExpressionLayer } from "./expression_layer.js"
 * @import { ExpressionTable } from "./expression_table.js"
 */

/**
 * @typedef {object} ExpressionHooks
 * @property {() => string | null} serverUrl the server whose table is used
 * @property {() => Promise<object> | null} [ownTable] the table of a client without a server
 * @property {(error: A2FError) => void} onError the table is not available
 * @property {() => void} onChange there is something new to show
 */

/**
 * Shows the emotions that the app sets, once the server's table of expressions is loaded. It is requested
 * once per server.
 */
export class ExpressionController {
  #platform;
  #layer;
  #hooks;
  /** @type {Map<string | null, Promise<ExpressionTable | null>>} */
  #tables = new Map();
  /** Number of requests, so that only the latest takes effect. */
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
   * @returns {Promise<boolean>} true if an expression is shown
   * @throws {A2FError} bad_argument
   */
  async set(mix) {
    const fit =
      typeof mix === "object" &&
      !Array.isArray(mix) &&
      Object.values(mix).every((share) => isBetween(share, 0, 1));
    requireArgument(fit, "setExpression() needs an object of numbers from 0 to 1.");
    const request = ++this.#requests;
    if (Object.keys(mix).length === 0) return this.#blendOut();
    const url = this.#hooks.serverUrl();
    const table = await this.#table(url);
    if (!table || request !== this.#requests || url !== this.#hooks.serverUrl()) return false;
    for (const name of Object.keys(mix))
      requireArgument(table.emotions.includes(name), `"${name}" is not one of ${table.emotions.join(", ")}.`);
    this.#layer.blendTo(table, mix, this.#platform.now());
    this.#hooks.onChange();
    return Object.values(mix).some((share) => share > 0);
  }

  /** Drops a request that still waits for its table. */
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
    const own = url ? null : this.#hooks.ownTable?.();
    const found = own ? own.then(parseExpressionTable) : fetchExpressionTable(this.#platform, url);
    const asked = found.catch((error) => {
      this.#tables.delete(url);
      this.#hooks.onError(error);
      return null;
    });
    this.#tables.set(url, asked);
    return asked;
  }
}
