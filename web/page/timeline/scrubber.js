/** Steps of the arrow keys (one frame) and of the Page keys, in seconds. */
const FRAME_S = 1 / 30;
const PAGE_S = 0.5;
/** How often the value is announced during playback. */
const ANNOUNCE_MS = 500;

/** The slider over the timeline, for pointer and keyboard. */
export class Scrubber {
  #slider;
  #head;
  #on;
  #time = 0;
  #max = 0;
  #span = 1;
  #width = 0;
  #enabled = false;
  #announced = 0;
  #x = -1;
  #range = "";

  /**
   * @param {HTMLElement} slider
   * @param {HTMLElement} head the vertical line at the current time
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

  /** The current time in seconds. */
  get time() {
    return this.#time;
  }

  /**
   * @param {number} max the last time that can be sought, in seconds
   * @param {{span: number, width: number}} canvas its width in seconds and in CSS pixels
   * @param {boolean} enabled
   */
  setRange(max, { span, width }, enabled) {
    const range = [max, span, width, enabled].join();
    if (range === this.#range) return;
    this.#range = range;
    [this.#max, this.#span, this.#width, this.#enabled] = [max, span, width, enabled];
    this.#slider.setAttribute("aria-valuemax", max.toFixed(2));
    this.#slider.setAttribute("aria-disabled", String(!enabled));
    if (this.#time > max) this.show(max, Number.POSITIVE_INFINITY);
    else this.#place();
  }

  /**
   * @param {number} time seconds
   * @param {number} now ms; Infinity: announce immediately
   */
  show(time, now) {
    this.#time = Math.max(0, Math.min(time, this.#max));
    this.#place();
    if (now - this.#announced < ANNOUNCE_MS) return;
    this.#announced = Number.isFinite(now) ? now : this.#announced;
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
    if (!this.#enabled || event.button !== 0) return;
    this.#slider.setPointerCapture(event.pointerId);
    this.#seek(this.#timeOf(event));
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const time = this.#timeOf(event);
    this.#slider.title = this.#on.describe(Math.min(time, this.#max));
    if (this.#slider.hasPointerCapture(event.pointerId)) this.#seek(time);
  }

  /** @param {PointerEvent} event */
  #timeOf({ clientX }) {
    const { left, width } = this.#slider.getBoundingClientRect();
    return ((clientX - left) / width) * this.#span;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#enabled || event.ctrlKey || event.metaKey || event.altKey) return;
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
        return this.#max;
      default:
        return null;
    }
  }
}
