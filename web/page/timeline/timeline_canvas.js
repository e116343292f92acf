import { onThemeChange, readColors } from "./colors.js";
import { drawCurves } from "./curves.js";
import { HEIGHT, LANES } from "./lanes.js";
import { drawMarks } from "./marks.js";
import { drawSources } from "./sources.js";
import { drawWaveform } from "./waveform.js";

/** Widths in seconds: while the duration is unknown, the canvas grows through these. */
const SPANS = [4, 8, 15, 30, 60, 120, 240, 600];
/** Marks arrive in bursts, so redrawing them is limited. */
const MARKS_INTERVAL_MS = 250;
const MAX_PIXEL_RATIO = 2;
/** The last seconds of the curves are drawn later, because the next frames still change them. */
const UNSETTLED_S = 0.04;

/** @typedef {import("audio2face-client").Take} Take a recording */
/** @typedef {import("./lanes.js").Drawing} Drawing */

/** Draws a recording. While the recording grows, only the new part is drawn. */
export class TimelineCanvas {
  /** Width in seconds. */
  span = SPANS[0];
  #canvas;
  #context;
  #colors;
  #width = 0;
  /** @type {Take | null} */
  #recording = null;
  /** The columns up to which the waveform and the curves are drawn. */
  #waveformEnd = 0;
  #curvesEnd = 0;
  /** How many marks are drawn, and when they were. */
  #marks = 0;
  #marksDrawnAt = 0;
  #complete = false;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#colors = readColors(canvas);
    onThemeChange(() => {
      this.#colors = readColors(canvas);
      this.redraw();
    });
    new ResizeObserver(() => this.#resize()).observe(canvas);
  }

  /** Width in CSS pixels. */
  get width() {
    return this.#width;
  }

  /** @param {Take | null} recording */
  show(recording) {
    this.#recording = recording;
    this.redraw();
  }

  /** Draws what is new since the last call. @param {number} now ms */
  update(now) {
    const recording = this.#recording;
    if (!recording || this.#complete || !this.#width) return;
    if (recording.complete || spanOf(recording) !== this.span) this.redraw();
    else this.#draw(recording, now);
  }

  /** Draws everything again. */
  redraw() {
    const context = this.#context;
    if (!context || !this.#width) return;
    context.clearRect(0, 0, this.#width, HEIGHT);
    this.#waveformEnd = this.#curvesEnd = this.#marks = this.#marksDrawnAt = 0;
    if (!this.#recording) return;
    this.span = spanOf(this.#recording);
    this.#complete = this.#recording.complete;
    this.#drawGrid(context);
    this.#draw(this.#recording, Number.POSITIVE_INFINITY);
  }

  /**
   * @param {Take} recording
   * @param {number} now ms
   */
  #draw(recording, now) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#context);
    const drawing = { context, colors: this.#colors, width: this.#width, span: this.span };
    this.#drawWaveform(drawing, recording);
    this.#drawCurves(drawing, recording);
    this.#drawMarks(drawing, recording, now);
  }

  /** @param {Drawing} drawing @param {Take} recording */
  #drawWaveform(drawing, recording) {
    const end = this.#column(recording.sound.duration);
    if (end > this.#waveformEnd) drawWaveform(drawing, recording, this.#waveformEnd, end);
    this.#waveformEnd = end;
  }

  /** @param {Drawing} drawing @param {Take} recording */
  #drawCurves(drawing, recording) {
    const { complete, duration, known } = recording;
    const end = this.#column(complete ? duration : Math.min(known - UNSETTLED_S, duration));
    if (end > this.#curvesEnd) {
      drawCurves(drawing, recording, this.#curvesEnd, end);
      drawSources(drawing, recording);
    }
    this.#curvesEnd = end;
  }

  /** @param {Drawing} drawing @param {Take} recording @param {number} now ms */
  #drawMarks(drawing, recording, now) {
    const marks = recording.visemes.length + recording.words.length;
    if (marks <= this.#marks || now - this.#marksDrawnAt <= MARKS_INTERVAL_MS) return;
    drawMarks(drawing, recording);
    this.#marks = marks;
    this.#marksDrawnAt = Number.isFinite(now) ? now : 0;
  }

  /** @param {number} time seconds */
  #column(time) {
    return Math.min(this.#width, Math.floor((time / this.span) * this.#width));
  }

  /** Draws the lines at 0 and 1 of the curves. @param {CanvasRenderingContext2D} context */
  #drawGrid(context) {
    const { top, height } = LANES.curves;
    context.fillStyle = this.#colors.line;
    context.fillRect(0, top, this.#width, 1);
    context.fillRect(0, top + height, this.#width, 1);
  }

  #resize() {
    const width = this.#canvas.clientWidth;
    if (!width) return;
    const pixels = Math.min(devicePixelRatio, MAX_PIXEL_RATIO);
    this.#width = width;
    this.#canvas.width = Math.round(width * pixels);
    this.#canvas.height = Math.round(HEIGHT * pixels);
    this.#context?.setTransform(pixels, 0, 0, pixels, 0, 0);
    this.redraw();
  }
}

/** Returns the width of the canvas in seconds. @param {Take} recording */
const spanOf = ({ expected, duration }) => expected || (SPANS.find((span) => span > duration) ?? duration);
