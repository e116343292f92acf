import { colorsOf, onTheme } from "./colors.js";
import { drawCurves } from "./curves.js";
import { HEIGHT, LANES } from "./lanes.js";
import { drawMarks } from "./marks.js";
import { drawRanks } from "./sources.js";
import { drawWave } from "./waveform.js";

/** While nobody knows how long it will be, it is given so many seconds, then the next of these. */
const SPANS = [4, 8, 15, 30, 60, 120, 240, 600];
/** Marks come in bursts; they are drawn so often at most. */
const MARKS_MS = 250;
const MOST_PIXELS = 2;
/** The end of the curves, in seconds, is left for later: the next faces still bend it. */
const BENT_S = 0.04;

/** The picture of a take. What was drawn stays; as the take grows only what is new is drawn. */
export class Picture {
  /** Seconds from the left edge to the right. */
  span = SPANS[0];
  #canvas;
  #context;
  #colors;
  #width = 0;
  /** @type {import("audio2face-client").Take | null} */
  #take = null;
  /** Up to which column sound and curves are drawn. */
  #waved = 0;
  #curved = 0;
  #marks = 0;
  #marked = 0;
  #complete = false;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#colors = colorsOf(canvas);
    onTheme(() => {
      this.#colors = colorsOf(canvas);
      this.redraw();
    });
    new ResizeObserver(() => this.#resize()).observe(canvas);
  }

  /** In CSS pixels. */
  get width() {
    return this.#width;
  }

  /** @param {import("audio2face-client").Take | null} take */
  show(take) {
    this.#take = take;
    this.redraw();
  }

  /** Draws what is new. @param {number} now ms */
  grow(now) {
    const take = this.#take;
    if (!take || this.#complete || !this.#width) return;
    if (take.complete || this.#wanted(take) !== this.span) this.redraw();
    else this.#draw(take, now);
  }

  /** Draws everything anew. */
  redraw() {
    const context = this.#context;
    if (!context || !this.#width) return;
    context.clearRect(0, 0, this.#width, HEIGHT);
    this.#waved = this.#curved = this.#marks = this.#marked = 0;
    if (!this.#take) return;
    this.span = this.#wanted(this.#take);
    this.#complete = this.#take.complete;
    this.#rule(context);
    this.#draw(this.#take, Number.POSITIVE_INFINITY);
  }

  /** @param {import("audio2face-client").Take} take */
  #wanted({ expected, duration }) {
    return expected || (SPANS.find((span) => span > duration) ?? duration);
  }

  /**
   * @param {import("audio2face-client").Take} take
   * @param {number} now ms
   */
  #draw(take, now) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#context);
    const sheet = { context, colors: this.#colors, width: this.#width, span: this.span };
    const waved = this.#column(take.sound.duration);
    if (waved > this.#waved) drawWave(sheet, take, this.#waved, waved);
    const curved = this.#column(take.complete ? take.duration : Math.min(take.known - BENT_S, take.duration));
    if (curved > this.#curved) {
      drawCurves(sheet, take, this.#curved, curved);
      drawRanks(sheet, take);
    }
    const marks = take.visemes.length + take.words.length;
    if (marks > this.#marks && now - this.#marked > MARKS_MS) {
      drawMarks(sheet, take);
      [this.#marks, this.#marked] = [marks, Number.isFinite(now) ? now : 0];
    }
    [this.#waved, this.#curved] = [waved, curved];
  }

  /** @param {number} time seconds */
  #column(time) {
    return Math.min(this.#width, Math.floor((time / this.span) * this.#width));
  }

  /** The lines at 0 and 1 of the curves. @param {CanvasRenderingContext2D} context */
  #rule(context) {
    const { top, height } = LANES.curves;
    context.fillStyle = this.#colors.line;
    context.fillRect(0, top, this.#width, 1);
    context.fillRect(0, top + height, this.#width, 1);
  }

  #resize() {
    const width = this.#canvas.clientWidth;
    if (!width) return;
    const pixels = Math.min(devicePixelRatio, MOST_PIXELS);
    this.#width = width;
    this.#canvas.width = Math.round(width * pixels);
    this.#canvas.height = Math.round(HEIGHT * pixels);
    this.#context?.setTransform(pixels, 0, 0, pixels, 0, 0);
    this.redraw();
  }
}
