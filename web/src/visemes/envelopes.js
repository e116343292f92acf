/** Envelopes: how much of something there is at a time, as a function of when it starts and ends. */

/** Seconds beyond which a sound has no hold on the face. */
export const REACH_S = 0.24;
/** Silence comes and goes in RAMP_S; it has begun a little before its mark, and the mouth opens before a sound. */
const RAMP_S = 0.12;
const SETTLES_EARLY_S = 0.04;
const WAKES_LATE_S = 0.02;
/** Lips meet and part in this time, faster where the neighbour would not be seen otherwise. */
const CLOSING_S = 0.08;
const QUICKEST_CLOSING_S = 0.03;
/** So much of that time lies within a long closure. */
const HALF_CLOSED = 0.6;
/** Half a tick at 60 Hz: so long, to each side of its middle, a closure is whole, however short it is. */
const WHOLE_S = 0.0085;
/** How much of a closure may be left in the middle of its neighbour. */
const LEFT_OVER = 0.5;
/** A long sound rises and falls back by this share, once in so many seconds. */
const SWELL = 0.22;
const SWELL_S = 0.6;

/** @param {number} value */
export function clamp(value) {
  return Math.min(1, Math.max(0, value));
}

/**
 * How much of a silence there is.
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
 * How much of a closure there is.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} before the middle of the sound before
 * @param {number} after the middle of the sound after
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
 * How firmly lips that meet are pressed. They relax again, so that a long m moves.
 * @param {number} start seconds
 * @param {number} end
 * @param {number} time
 */
export function pressure(start, end, time) {
  const middle = (start + end) / 2;
  return clamp(1 - (2 * Math.abs(time - middle)) / (end - start + CLOSING_S));
}

/**
 * The slow motion of a long sound, which is 1 at both ends: the jaw goes beyond and falls back below, the lips only
 * go beyond, and move most where the jaw turns round.
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
