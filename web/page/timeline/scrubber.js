/** Steps of the keys, in seconds: one frame, and what Page keys go. */
const FRAME_S = 1 / 30;
const PAGE_S = 0.5;
/** While it plays, screen readers are told so often. */
const TELL_MS = 500;

/** The slider over the picture: drag it, or use the keys. */
export class Scrubber {
  #slider;
  #head;
  #on;
  #time = 0;
  #most = 0;
  #span = 1;
  #width = 0;
  #usable = false;
  #told = 0;
  #x = -1;
  #ranged = "";

  /**
   * @param {HTMLElement} slider
   * @param {HTMLElement} head the line at the time
   * @param {{seek: (time: number) => void, toggle: () => void, describe: (time: number) => string}} on
   */
  constructor(slider, head, on) {
    this.#slider = slider;
    this.#head = head;
    this.#on = on;
    slider.addEventListener("pointerdown", (event) => this.#grab(event));
    slider.addEventListener("pointermove", (event) => this.#drag(event));
    slider.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The instant that it shows, in seconds. */
  get time() {
    return this.#time;
  }

  /**
   * @param {number} most the last instant, in seconds
   * @param {{span: number, width: number}} picture seconds, and CSS pixels, from left to right
   * @param {boolean} usable whether it can be moved
   */
  range(most, { span, width }, usable) {
    const [before, after] = [this.#ranged, [most, span, width, usable].join()];
    if (before === after) return;
    this.#ranged = after;
    [this.#most, this.#span, this.#width, this.#usable] = [most, span, width, usable];
    this.#slider.setAttribute("aria-valuemax", most.toFixed(2));
    this.#slider.setAttribute("aria-disabled", String(!usable));
    if (this.#time > most) this.show(most, Number.POSITIVE_INFINITY);
    else this.#place();
  }

  /**
   * @param {number} time seconds
   * @param {number} now ms; Infinity: tell at once
   */
  show(time, now) {
    this.#time = Math.max(0, Math.min(time, this.#most));
    this.#place();
    if (now - this.#told < TELL_MS) return;
    this.#told = Number.isFinite(now) ? now : this.#told;
    this.#slider.setAttribute("aria-valuenow", this.#time.toFixed(2));
    this.#slider.setAttribute("aria-valuetext", this.#on.describe(this.#time));
  }

  #place() {
    const x = Math.round((this.#time / this.#span) * this.#width * 2) / 2;
    if (x === this.#x) return;
    this.#x = x;
    this.#head.style.transform = `translateX(${x}px)`;
  }

  /** @param {number} time */
  #seek(time) {
    this.show(time, Number.POSITIVE_INFINITY);
    this.#on.seek(this.#time);
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    if (!this.#usable || event.button !== 0) return;
    this.#slider.setPointerCapture(event.pointerId);
    this.#seek(this.#timeOf(event));
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const time = this.#timeOf(event);
    this.#slider.title = this.#on.describe(Math.min(time, this.#most));
    if (this.#slider.hasPointerCapture(event.pointerId)) this.#seek(time);
  }

  /** @param {PointerEvent} event */
  #timeOf({ clientX }) {
    const { left, width } = this.#slider.getBoundingClientRect();
    return ((clientX - left) / width) * this.#span;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#usable || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") this.#on.toggle();
    else {
      const time = this.#target(event.key);
      if (time === null) return;
      this.#seek(time);
    }
    event.preventDefault();
  }

  /** @param {string} key @returns {number | null} seconds */
  #target(key) {
    switch (key) {
      case "ArrowRight":
      case "ArrowUp":
        return this.#time + FRAME_S;
      case "ArrowLeft":
      case "ArrowDown":
        return this.#time - FRAME_S;
      case "PageUp":
        return this.#time + PAGE_S;
      case "PageDown":
        return this.#time - PAGE_S;
      case "Home":
        return 0;
      case "End":
        return this.#most;
      default:
        return null;
    }
  }
}
