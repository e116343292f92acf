/**
 * The element of an id, which the page has.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element #${id}`);
  return /** @type {T} */ (found);
}

/** Writes only what changed, so that idle ticks touch nothing. @param {HTMLElement} target @param {string} text */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Whether the visitor asked for less movement. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
