/** @import { Platform } from "./types.js" */

/**
 * Collects the browser APIs that the client uses. Given ones take precedence.
 * @param {Partial<Platform>} [given]
 * @returns {Platform}
 */
export function platformWith(given = {}) {
  const host = /** @type {any} */ (globalThis);
  return {
    WebSocket: given.WebSocket ?? host.WebSocket,
    AudioContext: given.AudioContext ?? host.AudioContext ?? host.webkitAudioContext,
    OfflineAudioContext: given.OfflineAudioContext ?? host.OfflineAudioContext,
    AudioWorkletNode: given.AudioWorkletNode ?? host.AudioWorkletNode,
    MediaStream: given.MediaStream ?? host.MediaStream,
    Worker: "Worker" in given ? given.Worker : host.Worker,
    fetch: given.fetch ?? host.fetch?.bind(host),
    now: given.now ?? (() => performance.now()),
    requestAnimationFrame: given.requestAnimationFrame ?? host.requestAnimationFrame?.bind(host) ?? nextFrame,
    cancelAnimationFrame: given.cancelAnimationFrame ?? host.cancelAnimationFrame?.bind(host) ?? clearTimeout,
    setTimeout: given.setTimeout ?? ((callback, ms) => setTimeout(callback, ms)),
    clearTimeout: given.clearTimeout ?? ((handle) => clearTimeout(handle)),
    random: given.random ?? Math.random,
    document: given.document ?? host.document,
    matchMedia: given.matchMedia ?? host.matchMedia?.bind(host),
    window: given.window ?? (host.addEventListener ? host : undefined),
  };
}

/** Returns the names of everything in a platform. */
export const platformNames = () => Object.keys(platformWith());

/** @param {(now: number) => void} callback */
function nextFrame(callback) {
  return setTimeout(() => callback(performance.now()), 16);
}
