/** Another writer is one that changes values this many times in a row; a single change is a start value. */
const REPEATED = 2;
/** Times without another writer after which its last values are forgotten. */
const KEEP = 15;
/** Ticks that another writer may win before it is reported. */
const PATIENCE = 10;

/**
 * Values, each 0–1, that the app may animate too, for example with an AnimationMixer. Where both move one, the
 * larger value is shown. What is written on a tick may be overwritten before it is drawn, so it is written again by
 * {@link restore}, which a hook calls just before drawing.
 */
export class SharedValues {
  #access;
  #installHook;
  /** What the client wants to show. */
  #own;
  /** What the other writer wants to show. */
  #other;
  /** What is in the values after the last write; NaN before. */
  #written;
  #quiet = true;
  #repeats = 0;
  #sinceChange = 0;
  #lost = 0;
  #hooked = false;
  #restored = false;

  /**
   * @param {number} count
   * @param {{get: (i: number) => number, set: (i: number, value: number) => void}} access
   * @param {() => void} installHook called once there is another writer: makes something call `restore` just
   *   before values are drawn
   */
  constructor(count, access, installHook) {
    this.#access = access;
    this.#installHook = installHook;
    this.#own = new Float32Array(count);
    this.#other = new Float32Array(count);
    this.#written = new Float32Array(count).fill(Number.NaN);
  }

  /** True if another writer overwrites the values on every tick, and nothing calls `restore`. */
  get overwritten() {
    return this.#lost >= PATIENCE;
  }

  /** @param {Float32Array} values what the client wants to show */
  write(values) {
    const changed = this.#observe();
    this.#lost = changed && !this.#quiet && !this.#restored ? this.#lost + 1 : 0;
    this.#own.set(values);
    this.#quiet = !values.some(isSet);
    this.#put();
    if (this.#repeats < REPEATED || this.#hooked) return;
    this.#hooked = true;
    this.#installHook();
  }

  /** Writes the values again if they were changed. At rest the other writer is left alone. */
  restore() {
    this.#restored = true;
    if (this.#quiet) return;
    if (this.#observe()) this.#put();
  }

  /** @returns {boolean} whether something else has changed a value since the last write */
  #observe() {
    let changed = false;
    for (let i = 0; i < this.#written.length; i++) changed ||= this.#isChanged(i);
    if (changed) this.#remember();
    else if (++this.#sinceChange > KEEP) this.#forget();
    return changed;
  }

  #remember() {
    this.#sinceChange = 0;
    if (++this.#repeats < REPEATED) return;
    for (let i = 0; i < this.#written.length; i++)
      if (this.#isChanged(i)) this.#other[i] = Math.min(1, Math.max(0, this.#access.get(i)));
  }

  #forget() {
    this.#repeats = 0;
    this.#other.fill(0);
  }

  /** @param {number} i */
  #isChanged(i) {
    const written = this.#written[i];
    const value = Math.fround(this.#access.get(i));
    return value !== written && !Number.isNaN(written) && !Number.isNaN(value);
  }

  #put() {
    for (let i = 0; i < this.#written.length; i++) {
      this.#written[i] = Math.max(this.#own[i], this.#other[i]);
      this.#access.set(i, this.#written[i]);
    }
  }
}

/** @param {number} value */
const isSet = (value) => value !== 0;

/**
 * Calls something before each call of a method of one object.
 * @param {any} object
 * @param {string} method
 * @param {() => void} before
 * @returns {() => void} removes it, unless something else has replaced the method since
 */
export function callBefore(object, method, before) {
  const original = object[method];
  const own = Object.hasOwn(object, method);
  if (typeof original !== "function") return () => {};
  let active = true;
  object[method] = function (/** @type {any[]} */ ...given) {
    if (active) before();
    return original.apply(this, given);
  };
  const hook = object[method];
  return () => {
    active = false;
    if (object[method] !== hook) return;
    if (own) object[method] = original;
    else delete object[method];
  };
}
