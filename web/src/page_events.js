/** @import { Platform } from "./types.js" */

/**
 * Listens to events of the page that announce a change of its surroundings: it is shown again, it is left, or
 * the network changes.
 * @param {Platform} platform
 * @param {{onShow?: () => void, onHide?: () => void, onNetwork?: () => void}} callbacks onShow: visible, focused or
 *   restored from the back/forward cache; onHide: it is left, perhaps for that cache
 * @returns {() => void} stops listening
 */
export function watchPage({ window, document }, { onShow, onHide, onNetwork }) {
  const onVisible = () => document?.visibilityState === "visible" && onShow?.();
  const network = /** @type {any} */ (window)?.navigator?.connection;
  /** @type {[target: EventTarget | undefined, names: string[], callback: (() => void) | undefined][]} */
  const watched = [
    [window, ["pageshow", "focus"], onShow],
    [document, ["visibilitychange"], onShow && onVisible],
    [window, ["pagehide"], onHide],
    [window, ["online", "offline"], onNetwork],
    [network, ["change"], onNetwork],
  ];
  const each = (/** @type {"addEventListener" | "removeEventListener"} */ method) => {
    for (const [target, names, callback] of watched)
      if (callback) for (const name of names) target?.[method]?.(name, callback);
  };
  each("addEventListener");
  return () => each("removeEventListener");
}
