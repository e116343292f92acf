import { A2FError } from "../errors.js";
import { SteadyClock } from "./clock.js";

/**
 * @import { Supply } from "../types.js"
 * @import { AudioOutput } from "./audio_output.js"
 */

/** HTMLMediaElement.readyState when data for the next moment is available. */
const HAVE_FUTURE_DATA = 3;

/** Follows an <audio> or <video> element, including its pauses, seeks and playback rate. */
export class ElementSink {
  /** @type {A2FError | null} */
  failure = null;
  #element;
  #output;
  #follow;
  #clock = new SteadyClock();
  #ended = false;
  #onEnded = () => {
    this.#ended = true;
    this.#onChange();
  };
  #onError = () => {
    if (this.#element.error) this.#fail("The audio element cannot play its source; check its src and type.");
  };
  #source = "";
  #onEmptied = () => {
    if (this.#element.src !== this.#source) this.#fail("The audio element was given another source.");
  };
  #onChange;

  /**
   * @param {HTMLMediaElement} element
   * @param {AudioOutput} output restarts a blocked element on the next gesture
   * @param {() => void} onChange it ended or failed
   * @param {{follow?: boolean}} [options] follow: the app starts the element
   */
  constructor(element, output, onChange, { follow = false } = {}) {
    this.#element = element;
    this.#follow = follow;
    this.#output = output;
    this.#onChange = onChange;
  }

  /** The app has started the element or will do so. */
  get startsImmediately() {
    return this.#follow || !this.#element.paused;
  }

  /** The app paused the element and may never resume it. */
  get isPaused() {
    return this.#follow && this.#element.paused;
  }

  get rate() {
    return this.#clock.rate;
  }

  start() {
    this.#element.addEventListener("ended", this.#onEnded);
    this.#element.addEventListener("error", this.#onError);
    this.#element.addEventListener("emptied", this.#onEmptied);
    this.#source = this.#element.src;
    this.#onError();
    if (this.#element.paused && !this.#follow) this.#play();
  }

  stop() {
    this.#release();
    this.#element.pause();
  }

  /** Stops following the element. */
  #release() {
    this.#element.removeEventListener("ended", this.#onEnded);
    this.#element.removeEventListener("error", this.#onError);
    this.#element.removeEventListener("emptied", this.#onEmptied);
  }

  /** @param {number} now ms */
  time(now) {
    const { currentTime, playbackRate, paused, ended, readyState, seeking } = this.#element;
    const running = !(paused || ended || seeking || readyState < HAVE_FUTURE_DATA);
    return this.#clock.read(currentTime, now, playbackRate, running);
  }

  /** The element waits for more of its source. A paused one does not. @returns {Supply} */
  supply() {
    const { paused, ended, seeking, readyState, currentTime } = this.#element;
    const waits = !(paused || ended || seeking) && readyState < HAVE_FUTURE_DATA && currentTime > 0;
    return waits ? "stalled" : "ample";
  }

  deviceTime() {
    const { paused, currentTime } = this.#element;
    return paused || currentTime === 0 ? Number.NaN : currentTime;
  }

  /** True when everything was played. The element is released then. */
  isOver() {
    if (this.#ended || this.failure) this.#release();
    return this.#ended || this.failure !== null;
  }

  #play() {
    // Old browsers return undefined.
    void this.#element.play()?.catch((error) => {
      if (error.name === "NotAllowedError") this.#waitForGesture();
      else if (error.name !== "AbortError") this.#fail(`The audio element cannot play: ${error.message}`);
    });
  }

  #waitForGesture() {
    this.#output.whenUnlocked(() => {
      if (!this.#ended && this.#element.paused) this.#play();
    });
  }

  /** @param {string} message */
  #fail(message) {
    this.failure = new A2FError("playback_failed", message);
    this.#onChange();
  }
}
