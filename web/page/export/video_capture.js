import { captureAudio } from "./audio_capture.js";
import { backgroundOf } from "./background.js";
import { drawLabel } from "./label.js";
import { withDuration } from "./webm.js";

/** Video types, cheapest to encode first: the face is drawn at the same time. */
const TYPES = ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp9,opus", "video/webm", "video/mp4"];
const FPS = 30;
const BITS = 5e6;
/** The longer side of the video, at most. */
const MAX_SIDE = 1280;
/** Leaves the mouth time to close. */
const LINGER_MS = 250;

/** Returns the type of video that this browser can record, or null. @returns {string | null} */
export function videoType() {
  const { MediaRecorder } = globalThis;
  if (!MediaRecorder || !HTMLCanvasElement.prototype.captureStream) return null;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/** @param {string} type of a video @returns {string} its file extension */
export const extensionOf = (type) => (type.startsWith("video/mp4") ? "mp4" : "webm");

/** Plays an audio element from the start and records it as a video together with a canvas. */
export class VideoCapture {
  #element;
  #canvas;
  #context;
  #onTick;
  #recorder;
  /** @type {Blob[]} */
  #parts = [];
  #frame = 0;
  #stopped = false;
  #fill;
  #label;
  #onVisibility = () => this.#pauseWhileHidden();

  /**
   * @param {HTMLCanvasElement} canvas drawn on every animation frame by a callback that was registered earlier
   * @param {HTMLMediaElement} element
   * @param {(state: {time: number, waiting: boolean}) => void} onTick time: seconds recorded; waiting: the tab is hidden
   * @param {string} [label] shown in a corner of the video
   */
  constructor(canvas, element, onTick, label = "") {
    this.#label = label;
    this.#element = element;
    this.#canvas = canvas;
    this.#onTick = onTick;
    this.#context = copyOf(canvas);
    this.#fill = backgroundOf(/** @type {HTMLElement} */ (canvas.parentElement), this.#context);
    const picture = this.#context.canvas.captureStream(FPS);
    const tracks = [...picture.getVideoTracks(), ...captureAudio(element).getAudioTracks()];
    const mimeType = videoType() ?? "";
    this.#recorder = new MediaRecorder(new MediaStream(tracks), { mimeType, videoBitsPerSecond: BITS });
    this.#recorder.ondataavailable = ({ data }) => void this.#parts.push(data);
  }

  /** @returns {Promise<Blob | null>} the video; null if it was stopped early */
  async record() {
    const stopped = new Promise((resolve) => {
      this.#recorder.onstop = resolve;
    });
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#element.addEventListener("ended", this.#onEnded);
    try {
      await this.#firstFrame();
      if (this.#stopped) return null;
      this.#recorder.start();
      await this.#play();
      await stopped;
    } finally {
      this.#release();
    }
    return this.#stopped ? null : this.#video();
  }

  /** Waits for two frames: the canvas may still be empty on the first. */
  #firstFrame() {
    return new Promise((resolve) => {
      this.#frame = requestAnimationFrame(() => {
        this.#draw();
        requestAnimationFrame(() => requestAnimationFrame(resolve));
      });
    });
  }

  /** Ignores the error of a pause that follows immediately. */
  async #play() {
    await this.#element.play().catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  }

  /** Ends the recording early and discards it. */
  stop() {
    this.#stopped = true;
    this.#element.pause();
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
  }

  #onEnded = () => {
    setTimeout(() => this.#recorder.state !== "inactive" && this.#recorder.stop(), LINGER_MS);
  };

  async #video() {
    const { mimeType } = this.#recorder;
    const bytes = await new Blob(this.#parts).arrayBuffer();
    const seconds = this.#element.duration + LINGER_MS / 1000;
    return new Blob([extensionOf(mimeType) === "webm" ? withDuration(bytes, seconds) : bytes], {
      type: mimeType.split(";")[0],
    });
  }

  /** Copies the canvas in the frame that drew it: WebGL clears its pixels afterwards. */
  #draw = () => {
    this.#frame = requestAnimationFrame(this.#draw);
    const { width, height } = this.#context.canvas;
    this.#context.fillStyle = this.#fill;
    this.#context.fillRect(0, 0, width, height);
    this.#context.drawImage(this.#canvas, 0, 0, width, height);
    if (this.#label) drawLabel(this.#context, this.#label);
    if (this.#recorder.state === "recording")
      this.#onTick({ time: this.#element.currentTime, waiting: false });
  };

  /** Browsers draw nothing in a hidden tab. */
  #pauseWhileHidden() {
    const { hidden } = document;
    if (this.#element.ended || this.#recorder.state === "inactive") return;
    if (hidden) this.#element.pause();
    else void this.#play();
    this.#recorder[hidden ? "pause" : "resume"]();
    this.#onTick({ time: this.#element.currentTime, waiting: hidden });
  }

  #release() {
    cancelAnimationFrame(this.#frame);
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#element.removeEventListener("ended", this.#onEnded);
    for (const track of this.#recorder.stream.getTracks()) track.stop();
  }
}

/**
 * Makes a canvas of the same aspect ratio, limited in size, with even sides, which encoders require.
 * @param {HTMLCanvasElement} canvas
 */
function copyOf({ width, height }) {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  const copy = document.createElement("canvas");
  copy.width = 2 * Math.round((width * scale) / 2);
  copy.height = 2 * Math.round((height * scale) / 2);
  const context = copy.getContext("2d", { alpha: false });
  if (!context) throw new Error("This browser cannot create a 2D canvas.");
  return context;
}
