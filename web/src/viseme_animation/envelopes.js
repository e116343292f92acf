/** Envelopes: how strong something is at a time, given its start and end. */

/** A sound has no influence beyond this many seconds. */
export const REACH_S = 0.24;
/**
 * Seconds that silence takes to fade in and out. It starts slightly before its mark, and the mouth opens
 * before a sound.
 */
const RAMP_S = 0.12;
const SETTLES_EARLY_S = 0.04;
const WAKES_LATE_S = 0.02;
/** Seconds in which lips close and open; shorter where a neighbouring sound would otherwise be hidden. */
const CLOSING_S = 0.08;
const QUICKEST_CLOSING_S = 0.03;
/** Fraction of that time that lies within a long closure. */
const HALF_CLOSED = 0.6;
/**
 * A closure is complete for at least half a tick at 60 Hz on each side of its middle, however short it is.
 */
const WHOLE_S = 0.0085;
/** Maximum strength of a closure in the middle of a neighbouring sound. */
const LEFT_OVER = 0.5;
/** Depth and period of the slow movement of a long sound. */
const SWELL = 0.22;
const SWELL_S = 0.6;

/** @param {number} value */
export function clamp(value) {
  return Math.min(1, Math.max(0, value));
}

/**
 * Returns the strength of a silence.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} time
 */
export function silence(start, end, time) {
  const comes = (time - start + SETTLES_EARLY_S) / RAMP_S;
  const goes = (end + WAKES_LATE_S - time) / RAMP_S;
  return clamp(Math.min(comes, goes));
}

/**
 * Returns the strength of a closure.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} before middle of the previous sound
 * @param {number} after middle of the next sound
 * @param {number} time
 */
export function closure(start, end, before, after, time) {
  const middle = (start + end) / 2;
  const half = Math.max(WHOLE_S, (end - start - CLOSING_S * HALF_CLOSED) / 2);
  const room = time < middle ? middle - before : after - middle;
  const ramp = Math.min(CLOSING_S, Math.max(QUICKEST_CLOSING_S, (room - half) / (1 - LEFT_OVER)));
  return clamp(1 - (Math.abs(time - middle) - half) / ramp);
}

/**
 * Returns how firmly closed lips are pressed. They relax again, so that a long m is not static.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} time
 */
export function pressure(start, end, time) {
  const middle = (start + end) / 2;
  return clamp(1 - (2 * Math.abs(time - middle)) / (end - start + CLOSING_S));
}

/**
 * Returns the slow movement of a long sound as a factor, 1 at both ends. The jaw opens further and then less;
 * the lips only open further, most where the jaw reverses.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} time
 * @param {boolean} leads
 */
export function swell(start, end, time, leads) {
  const length = end - start;
  const depth = SWELL * clamp((length - 0.08) / 0.15);
  if (depth === 0 || time <= start || time >= end) return 1;
  const turns = Math.ceil(length / SWELL_S);
  const phase = ((time - start) / length) * turns * 2 * Math.PI;
  return leads ? 1 + depth * Math.sin(phase) : 1 + depth * (1 - Math.cos(phase)) * 0.5;
}
