const NAMES = ["wave", "jaw", "closure", "rounding", "text", "soft", "line", "server", "viseme", "loudness"];

/**
 * The colours of the picture, which the style sheet gives as `--timeline-…`.
 * @param {HTMLElement} element
 * @returns {Record<string, string>}
 */
export function colorsOf(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--timeline-${name}`).trim()]));
}

/** Calls back whenever the page changes its colours. @param {() => void} callback */
export function onTheme(callback) {
  new MutationObserver(callback).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
}
