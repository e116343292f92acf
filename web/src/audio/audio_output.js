import { A2FError } from "../errors.js";
import { ContextClock } from "./clock.js";

/** @import { Platform } from "../types.js" */

/** Milliseconds that a context may take to resume. */
const WAKE_MS = 300;
const GESTURES = ["pointerdown", "keydown", "touchend"];

/**
 * The client's AudioContext: created on first use, resumed on a gesture, and closed only if the client
 * created it.
 */
export class AudioOutput {
  #platform;
  /** @type {AudioContext | null} */
  #context = null;
  #owned = false;
  /** @type {ContextClock | null} */
  #clock = null;
  /** @type {Set<() => void>} */
  #waiting = new Set();
  #onGesture = () => void this.unlock().catch(() => {});

  /** @param {Platform} platform */
  constructor(platform) {
    this.#platform = platform;
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
    this.#closeOwned();
    this.#context = context;
    this.#clock = new ContextClock(context);
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
    return /** @type {AudioContext} */ (this.#context);
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
    if (this.context.state === "running") this.#forgetGestures();
  }

  /** @param {() => void} retry called on the next gesture */
  whenUnlocked(retry) {
    this.#waiting.add(retry);
    for (const gesture of GESTURES) {
      this.#platform.document?.addEventListener(gesture, this.#onGesture, { capture: true, passive: true });
    }
  }

  /**
   * Tries to resume without a gesture, which browsers allow on pages that had one before.
   * @param {() => void} onLocked called if a gesture is needed
   */
  tryResume(onLocked) {
    void this.context.resume().catch(() => {});
    this.#platform.setTimeout(() => {
      if (!this.#context || this.#context.state === "running") return;
      this.whenUnlocked(() => {});
      onLocked();
    }, WAKE_MS);
  }

  dispose() {
    this.#forgetGestures();
    this.#waiting.clear();
    this.#closeOwned();
  }

  #forgetGestures() {
    for (const gesture of GESTURES) {
      this.#platform.document?.removeEventListener(gesture, this.#onGesture, { capture: true });
    }
  }

  #closeOwned() {
    if (this.#owned) void this.#context?.close().catch(() => {});
    this.#context = this.#clock = null;
    this.#owned = false;
  }
}
