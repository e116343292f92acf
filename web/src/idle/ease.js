/** A smooth step from 0 to 1. @param {number} share is held to 0–1 */
export function smooth(share) {
  const x = Math.min(1, Math.max(0, share));
  return x * x * (3 - 2 * x);
}

/**
 * What is left of a difference after some time, whatever the number of ticks in between.
 * @param {number} elapsed seconds
 * @param {number} tau seconds in which it falls to 1/e
 */
export function decay(elapsed, tau) {
  return Math.exp(-elapsed / tau);
}

/**
 * @param {number} value
 * @param {number} most
 */
export function within(value, most) {
  return Math.min(most, Math.max(-most, value));
}
