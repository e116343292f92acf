/** Depth to which objects are compared: an option, and what it contains. */
const DEPTH = 2;

/**
 * Compares values of options. Plain objects and arrays are equal if their contents are, so that they may be written
 * inline.
 * @param {any} a
 * @param {any} b
 * @param {number} [depth]
 * @returns {boolean}
 */
export function isSame(a, b, depth = DEPTH) {
  if (Object.is(a, b)) return true;
  if (depth === 0 || !isPlain(a) || !isPlain(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => name in b && isSame(a[name], b[name], depth - 1))
  );
}

/** @param {any} value */
function isPlain(value) {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
