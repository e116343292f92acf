/** Returns a smooth step from 0 to 1. @param {number} share clamped to 0–1 */
export function smoothstep(share) {
  const x = Math.min(1, Math.max(0, share));
  return x * x * (3 - 2 * x);
}

/**
 * Returns the remaining fraction of a difference that decays exponentially, independent of the tick rate.
 * @param {number} elapsed seconds
 * @param {number} tau time constant in seconds
 */
export function decay(elapsed, tau) {
  return Math.exp(-elapsed / tau);
}

/**
 * @param {number} value
 * @param {number} most
 */
export function clampMagnitude(value, most) {
  return Math.min(most, Math.max(-most, value));
}
