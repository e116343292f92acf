const QUERY = "(prefers-reduced-motion: reduce)";

/** Watches whether the visitor prefers reduced motion. */
export class ReducedMotion {
  #query;
  #onChange;

  /**
   * @param {{matchMedia?: typeof matchMedia}} platform
   * @param {() => void} onChange
   */
  constructor(platform, onChange) {
    this.#query = platform.matchMedia?.(QUERY) ?? null;
    this.#onChange = onChange;
    this.#query?.addEventListener?.("change", onChange);
  }

  get requested() {
    return this.#query?.matches === true;
  }

  dispose() {
    this.#query?.removeEventListener?.("change", this.#onChange);
  }
}
