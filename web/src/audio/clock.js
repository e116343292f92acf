/** Beyond this error the clock is set instead of corrected: a seek, or a stall that ended. */
const SNAP_S = 0.08;
/** A source that moves at every reading is as good as exact, so it is followed down nearly as fast as up. */
const FINE_FALL = 0.3;
/** A source that moved at so many readings in a row is fine. */
const FINE_STREAK = 6;
/** One that stood and moved again so often before is coarse. */
const COARSE_STOPS = 5;
/** Time runs no further than this beyond a source that is not known to be coarse. */
const REACH_S = 0.008;
/** A source that claims to run but has not moved for so long stands still. */
const STALL_MS = 300;

/**
 * Makes a steady clock of one that is read in coarse or uneven steps, such as `currentTime` of an element.
 *
 * What is read is never newer than the truth, only older (by up to one update of the source and one tick), so
 * a reading ahead of the prediction is believed quickly and one behind it slowly, unless the source proves to
 * be fine. Between readings time runs on by the wall clock and the playback rate.
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
  /** The speed at which it runs, 0 while it stands still. */
  rate = 0;

  /**
   * @param {number} [rise] share of a positive error that one reading corrects
   * @param {number} [fall] share of a negative error
   */
  constructor(rise = 0.5, fall = 0.05) {
    this.#rise = rise;
    this.#fall = fall;
  }

  /**
   * @param {number} raw seconds, as the source says
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
   * Just started: an element says that it plays some time before sound comes out, so time does not run before
   * the source has moved.
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
   * Chromium moves an element's time by a tick or two, halts it for 50 ms, and only then lets it run. So how
   * far a reading may be outrun depends on whether the source has shown itself to be coarse.
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

/** What of an AudioContext is being heard, in seconds of its own time. */
export class ContextClock {
  #context;
  #steady = new SteadyClock(0.2, 0.1);

  /** @param {AudioContext} context */
  constructor(context) {
    this.#context = context;
  }

  /** The speed at which it runs: 1, or 0 while it is suspended. */
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
   * The same as the context itself reports it, unsteady as that is.
   * @param {number} now ms, of performance.now()
   * @returns {number} seconds
   */
  deviceTime(now) {
    const context = this.#context;
    const guess = context.currentTime - (context.outputLatency || context.baseLatency || 0);
    const stamp = context.getOutputTimestamp?.();
    if (!stamp?.contextTime || !stamp.performanceTime) return guess;
    const stamped = stamp.contextTime + (now - stamp.performanceTime) / 1000;
    // Some devices report stamps from another clock or of long ago; those are worse than the guess.
    return Math.abs(stamped - guess) < 0.2 && stamped <= context.currentTime + 0.02 ? stamped : guess;
  }
}
