import { addresses } from "../addresses.js";
import { BLENDSHAPES, SHAPE_INDEX } from "../arkit.js";
import { A2FError } from "../errors.js";

/** @import { Platform } from "../types.js" */

const TIMEOUT_MS = 5000;

/**
 * @typedef {object} ExpressionTable Response of `GET /v1/expressions`, by index.
 * @property {readonly string[]} emotions names, in the order in which the emotions are added
 * @property {Float32Array[]} shapes weights that each emotion adds at full strength: 52 of 0–1
 * @property {Uint8Array} opens 1 for each of the 52 shapes that parts the lips
 * @property {Int16Array} lips the shapes that determine how far the lips are apart
 * @property {Float32Array} shares their factors
 * @property {number} parted lip distance from which expressions may open the lips fully
 */

/**
 * Requests the table of expressions from a server.
 * @param {Platform} platform
 * @param {string | null} serverUrl
 * @returns {Promise<ExpressionTable>}
 * @throws {A2FError} no_expressions
 */
export async function fetchExpressionTable(platform, serverUrl) {
  if (!serverUrl || !platform.fetch) throw missing("No server is set; call configure({ serverUrl }).");
  const abort = new AbortController();
  const timer = platform.setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const url = `${addresses(serverUrl).http}/v1/expressions`;
    const response = await platform.fetch(url, { signal: abort.signal });
    if (!response.ok)
      throw missing(`${url} answers ${response.status}; the server may be too old; update it.`);
    return parseExpressionTable(await response.json());
  } catch (error) {
    if (error instanceof A2FError) throw error;
    const late = abort.signal.aborted;
    const why = late ? `no answer in ${TIMEOUT_MS / 1000} s` : /** @type {Error} */ (error).message;
    throw missing(`Expressions need the server, but ${serverUrl} cannot be reached: ${why}.`);
  } finally {
    platform.clearTimeout(timer);
  }
}

/**
 * @param {any} body response body
 * @returns {ExpressionTable}
 */
export function parseExpressionTable(body) {
  try {
    const parted = numeric(body.parted);
    if (parted <= 0) throw new RangeError("parted must be positive.");
    const lips = Object.entries(body.aperture).filter(([name]) => SHAPE_INDEX.has(name));
    return {
      emotions: body.emotions,
      shapes: body.emotions.map((/** @type {string} */ name) => row(body.shapes[name])),
      opens: Uint8Array.from(BLENDSHAPES, (name) => (body.opens.includes(name) ? 1 : 0)),
      lips: Int16Array.from(lips, ([name]) => /** @type {number} */ (SHAPE_INDEX.get(name))),
      shares: Float32Array.from(lips, ([, share]) => numeric(share)),
      parted: Math.fround(parted),
    };
  } catch {
    throw missing("The client cannot read the server's table of expressions; update the client.");
  }
}

/** @param {Record<string, number>} shapes */
function row(shapes) {
  return Float32Array.from(BLENDSHAPES, (name) => numeric(shapes[name] ?? 0));
}

/** @param {unknown} value */
function numeric(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError(`${value} is not a number.`);
  return value;
}

/** @param {string} message */
function missing(message) {
  return new A2FError("no_expressions", message);
}
