const NAMES = ["wave", "jaw", "closure", "rounding", "text", "soft", "line", "server", "viseme", "loudness"];

/**
 * Reads the timeline's colours from the style sheet (`--timeline-…`).
 * @param {HTMLElement} element
 * @returns {Record<string, string>}
 */
export function readColors(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--timeline-${name}`).trim()]));
}

/** Calls back when the theme changes. @param {() => void} callback */
export function onThemeChange(callback) {
  new MutationObserver(callback).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
}
