import { A2FError } from "../errors.js";
import { watchPage } from "../page_events.js";
import { ContextClock } from "./clock.js";

/** @import { Platform } from "../types.js" */

/** Milliseconds that a context may take to resume. */
const WAKE_MS = 300;
const GESTURES = ["pointerdown", "keydown", "touchend"];

/**
 * @typedef {object} AudioOutputHooks
 * @property {() => void} onInterrupted the system stopped audio that was running
 * @property {() => void} onResumed it runs again
 * @property {() => void} onLocked the browser blocks audio until a gesture; called once until then
 * @property {(own: boolean) => void} onBlocked it does not resume by itself; own: the next gesture resumes it
 */

/**
 * The client's AudioContext: created on first use, resumed on a gesture whenever it was stopped, and closed only
 * if the client created it.
 */
export class AudioOutput {
  #platform;
  #hooks;
  /** @type {AudioContext | null} */
  #context = null;
  #owned = false;
  /** @type {ContextClock | null} */
  #clock = null;
  /** @type {Set<() => void>} */
  #waiting = new Set();
  /** True once the context has run. */
  #hasRun = false;
  #interrupted = false;
  #stopWatching;
  #onGesture = () => {
    if (this.#waiting.size > 0 || this.#mayResume) void this.unlock().catch(() => {});
  };
  #onStateChange = () => this.#followState();

  /**
   * @param {Platform} platform
   * @param {Partial<AudioOutputHooks>} [hooks]
   */
  constructor(platform, hooks = {}) {
    this.#platform = platform;
    this.#hooks = hooks;
    this.#stopWatching = watchPage(platform, { onShow: () => this.#recover() });
    for (const gesture of GESTURES) {
      platform.document?.addEventListener(gesture, this.#onGesture, { capture: true, passive: true });
    }
  }

  /** Returns the time in ms. */
  now() {
    return this.#platform.now();
  }

  /** @param {AudioContext} context owned by the app */
  setContext(context) {
    if (context === this.#context) return;
    this.#forget();
    this.#context = context;
    this.#clock = new ContextClock(context);
    this.#hasRun = context.state === "running";
    context.addEventListener?.("statechange", this.#onStateChange);
  }

  /** @returns {AudioContext} */
  get context() {
    if (!this.#context) {
      const { AudioContext } = this.#platform;
      if (!AudioContext)
        throw new A2FError("playback_failed", "This browser has no AudioContext to play PCM.");
      this.setContext(new AudioContext({ latencyHint: "interactive" }));
      this.#owned = true;
    }
    const context = /** @type {AudioContext} */ (this.#context);
    if (context.state === "closed")
      throw new A2FError(
        "playback_failed",
        "The AudioContext is closed; configure({ audioContext }) another one.",
      );
    return context;
  }

  /**
   * Clock of the playback position of {@link context}. Shared by all utterances, so it has settled before it
   * is needed.
   */
  get clock() {
    void this.context;
    return /** @type {ContextClock} */ (this.#clock);
  }

  /**
   * Resumes audio. Browsers allow this only in a gesture.
   * @returns {Promise<void>}
   */
  async unlock() {
    for (const retry of [...this.#waiting]) retry();
    this.#waiting.clear();
    if (!this.#platform.AudioContext && !this.#context) return;
    if (this.context.state !== "running") await this.context.resume();
    this.#followState();
  }

  /** @param {() => void} retry called on the next gesture */
  whenUnlocked(retry) {
    this.#waiting.add(retry);
    // The others wait for the same gesture.
    if (this.#waiting.size === 1) this.#hooks.onLocked?.();
  }

  /** Tries to resume without a gesture, which browsers allow on pages that had one before. */
  tryResume() {
    void this.context.resume().catch(() => {});
    this.#platform.setTimeout(() => {
      if (!this.#context || this.#context.state === "running") return;
      this.whenUnlocked(() => {});
    }, WAKE_MS);
  }

  dispose() {
    this.#stopWatching();
    for (const gesture of GESTURES) {
      this.#platform.document?.removeEventListener(gesture, this.#onGesture, { capture: true });
    }
    this.#waiting.clear();
    this.#forget();
  }

  /**
   * True if the client should resume the context. An app that suspends its own context, to pause, resumes it
   * itself.
   */
  get #mayResume() {
    const state = /** @type {string | undefined} */ (this.#context?.state);
    if (state === undefined) return true;
    if (state === "running" || state === "closed") return false;
    return this.#owned || state === "interrupted" || !this.#hasRun;
  }

  /** The system may stop a context and start it again any number of times. */
  #followState() {
    const state = this.#context?.state;
    if (state === "running") {
      this.#hasRun = true;
      if (this.#interrupted) this.#hooks.onResumed?.();
      this.#interrupted = false;
    } else if (this.#hasRun && state !== "closed") {
      if (!this.#interrupted) this.#hooks.onInterrupted?.();
      this.#interrupted = true;
      this.#recover();
    }
  }

  /** Resumes an interrupted context if the browser allows it without a gesture. */
  #recover() {
    if (!this.#interrupted) return;
    const context = this.#context;
    if (this.#mayResume) void context?.resume().catch(() => {});
    this.#platform.setTimeout(() => {
      if (this.#interrupted && context === this.#context) this.#hooks.onBlocked?.(this.#mayResume);
    }, WAKE_MS);
  }

  #forget() {
    const context = this.#context;
    context?.removeEventListener?.("statechange", this.#onStateChange);
    if (this.#owned) void context?.close().catch(() => {});
    this.#context = this.#clock = null;
    this.#owned = this.#hasRun = this.#interrupted = false;
  }
}
