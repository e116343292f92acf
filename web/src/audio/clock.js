/** Larger errors are not corrected but taken over: a seek, or the end of a stall. */
const SNAP_S = 0.08;
/**
 * Share of a negative error that is corrected for a source that moves at every reading and is therefore
 * nearly exact.
 */
const FINE_FALL = 0.3;
/** A source that moved at this many readings in a row is considered fine-grained. */
const FINE_STREAK = 6;
/** A source that stopped and moved again this often is considered coarse. */
const COARSE_STOPS = 5;
/** Maximum lead over a source that is not known to be coarse. */
const REACH_S = 0.008;
/** A source that has not moved for this long has stalled. */
const STALL_MS = 300;

/**
 * Turns a clock with coarse or uneven steps, such as `currentTime` of an element, into a smooth one.
 *
 * A reading is never ahead of the true time, only behind it (by up to one update of the source and one tick).
 * So readings ahead of the prediction are followed quickly and readings behind it slowly, unless the source
 * turns out to be fine-grained. Between readings, time advances with the wall clock and the playback rate.
 */
export class SteadyClock {
  #rise;
  #fall;
  #time = 0;
  #raw = Number.NaN;
  #now = 0;
  #movedAt = 0;
  #moving = false;
  #stops = 0;
  #streak = 0;
  #fine = false;
  /** Current speed; 0 while stopped. */
  rate = 0;

  /**
   * @param {number} [rise] share of a positive error that is corrected per reading
   * @param {number} [fall] share of a negative error that is corrected per reading
   */
  constructor(rise = 0.5, fall = 0.05) {
    this.#rise = rise;
    this.#fall = fall;
  }

  /**
   * @param {number} raw reading of the source, seconds
   * @param {number} now ms
   * @param {number} rate playback rate
   * @param {boolean} running
   * @returns {number} seconds
   */
  read(raw, now, rate, running) {
    if (!running || rate === 0) this.#stop(raw);
    else if (!this.#moving) this.#wait(raw, rate);
    else this.#run(raw, now, rate);
    if (now !== this.#now) this.#learn(raw !== this.#raw);
    if (raw !== this.#raw) this.#movedAt = now;
    this.#raw = raw;
    this.#now = now;
    return this.#time;
  }

  /** @param {number} raw */
  #stop(raw) {
    this.#moving = false;
    this.#time = raw;
    this.rate = 0;
  }

  /**
   * Waits until the source moves: an element reports playing some time before audio is output.
   * @param {number} raw
   * @param {number} rate
   */
  #wait(raw, rate) {
    this.#moving = !Number.isNaN(this.#raw) && raw !== this.#raw;
    this.#time = raw;
    this.rate = this.#moving ? rate : 0;
  }

  /**
   * @param {number} raw
   * @param {number} now
   * @param {number} rate
   */
  #run(raw, now, rate) {
    this.rate = rate;
    if (raw === this.#raw && now - this.#movedAt > STALL_MS) return this.#stop(raw);
    const predicted = this.#time + (Math.max(0, now - this.#now) / 1000) * rate;
    const time = raw === this.#raw ? predicted : this.#corrected(predicted, raw);
    const furthest = Math.max(this.#time, raw + this.#reach * rate);
    this.#time = Math.min(time, furthest);
  }

  /**
   * Maximum lead over the source. Chromium advances an element's time by a tick or two, halts it for 50 ms
   * and only then continues, so the limit depends on whether the source has proved to be coarse.
   */
  get #reach() {
    return this.#fine || this.#stops < COARSE_STOPS ? REACH_S : STALL_MS / 1000;
  }

  /** @param {boolean} moved */
  #learn(moved) {
    if (moved && this.#streak === 0) this.#stops++;
    this.#streak = moved ? this.#streak + 1 : 0;
    if (this.#streak >= FINE_STREAK) this.#fine = true;
  }

  /**
   * @param {number} predicted
   * @param {number} raw
   */
  #corrected(predicted, raw) {
    const error = raw - predicted;
    if (Math.abs(error) > SNAP_S) return raw;
    const fall = this.#fine ? FINE_FALL : this.#fall;
    return Math.max(this.#time, predicted + error * (error > 0 ? this.#rise : fall));
  }
}

/** Playback position of an AudioContext in seconds of its own time. */
export class ContextClock {
  #context;
  #steady = new SteadyClock(0.2, 0.1);

  /** @param {AudioContext} context */
  constructor(context) {
    this.#context = context;
  }

  /** Speed: 1, or 0 while suspended. */
  get rate() {
    return this.#steady.rate;
  }

  /**
   * @param {number} now ms, of performance.now()
   * @returns {number} seconds
   */
  read(now) {
    return this.#steady.read(this.deviceTime(now), now, 1, this.#context.state === "running");
  }

  /**
   * Returns the playback position as the context reports it, without smoothing.
   * @param {number} now ms, of performance.now()
   * @returns {number} seconds
   */
  deviceTime(now) {
    const context = this.#context;
    const guess = context.currentTime - (context.outputLatency || context.baseLatency || 0);
    const stamp = context.getOutputTimestamp?.();
    if (!stamp?.contextTime || !stamp.performanceTime) return guess;
    const stamped = stamp.contextTime + (now - stamp.performanceTime) / 1000;
    // Some devices report stale timestamps or those of another clock; the estimate is better.
    return Math.abs(stamped - guess) < 0.2 && stamped <= context.currentTime + 0.02 ? stamped : guess;
  }
}
