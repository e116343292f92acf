import { soundOf } from "./audio_capture.js";
import { backdropOf } from "./background.js";
import { withDuration } from "./webm.js";

/** What browsers record, the cheapest to make first: the face is drawn at the same time. */
const TYPES = ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp9,opus", "video/webm", "video/mp4"];
const FPS = 30;
const BITS = 5e6;
/** The longer side of the picture, at most. */
const LONGEST = 1280;
/** Let the mouth close before the end. */
const LINGER_MS = 250;

/** The type of video that this browser can record, or null. @returns {string | null} */
export function videoType() {
  const { MediaRecorder } = globalThis;
  if (!MediaRecorder || !HTMLCanvasElement.prototype.captureStream) return null;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/** @param {string} type of a video @returns {string} what its file's name ends in */
export const extensionOf = (type) => (type.startsWith("video/mp4") ? "mp4" : "webm");

/**
 * Plays an element from its beginning and records what it plays, with a canvas for a picture.
 */
export class Recording {
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
  #onVisible = () => this.#follow();

  /**
   * @param {HTMLCanvasElement} canvas that is drawn in each animation frame, by a callback that was there before
   * @param {HTMLMediaElement} element
   * @param {(state: {time: number, waiting: boolean}) => void} onTick seconds recorded; waiting: the tab is hidden
   */
  constructor(canvas, element, onTick) {
    this.#element = element;
    this.#canvas = canvas;
    this.#onTick = onTick;
    this.#context = copyOf(canvas);
    this.#fill = backdropOf(/** @type {HTMLElement} */ (canvas.parentElement), this.#context);
    const picture = this.#context.canvas.captureStream(FPS);
    const tracks = [...picture.getVideoTracks(), ...soundOf(element).getAudioTracks()];
    const mimeType = videoType() ?? "";
    this.#recorder = new MediaRecorder(new MediaStream(tracks), { mimeType, videoBitsPerSecond: BITS });
    this.#recorder.ondataavailable = ({ data }) => void this.#parts.push(data);
  }

  /** @returns {Promise<Blob | null>} the video; null when it was stopped before its end */
  async make() {
    const stopped = new Promise((resolve) => {
      this.#recorder.onstop = resolve;
    });
    document.addEventListener("visibilitychange", this.#onVisible);
    this.#element.addEventListener("ended", this.#onEnded);
    try {
      await this.#drawn();
      if (this.#stopped) return null;
      this.#recorder.start();
      await this.#play();
      await stopped;
    } finally {
      this.#release();
    }
    return this.#stopped ? null : this.#video();
  }

  /** A video begins with the face: of the first picture it is not sure that the face was drawn for it. */
  #drawn() {
    return new Promise((resolve) => {
      this.#frame = requestAnimationFrame(() => {
        this.#draw();
        requestAnimationFrame(() => requestAnimationFrame(resolve));
      });
    });
  }

  /** A pause before it has begun is no failure. */
  async #play() {
    await this.#element.play().catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  }

  /** Ends it early; nothing is kept. */
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

  /** In the animation frame that has just drawn the face: later its pixels are gone. */
  #draw = () => {
    this.#frame = requestAnimationFrame(this.#draw);
    const { width, height } = this.#context.canvas;
    this.#context.fillStyle = this.#fill;
    this.#context.fillRect(0, 0, width, height);
    this.#context.drawImage(this.#canvas, 0, 0, width, height);
    if (this.#recorder.state === "recording")
      this.#onTick({ time: this.#element.currentTime, waiting: false });
  };

  /** A hidden tab draws nothing, so it waits. */
  #follow() {
    const { hidden } = document;
    if (this.#element.ended || this.#recorder.state === "inactive") return;
    if (hidden) this.#element.pause();
    else void this.#play();
    this.#recorder[hidden ? "pause" : "resume"]();
    this.#onTick({ time: this.#element.currentTime, waiting: hidden });
  }

  #release() {
    cancelAnimationFrame(this.#frame);
    document.removeEventListener("visibilitychange", this.#onVisible);
    this.#element.removeEventListener("ended", this.#onEnded);
    for (const track of this.#recorder.stream.getTracks()) track.stop();
  }
}

/**
 * A canvas of the same form, no larger than need be, with even sides, as encoders want them.
 * @param {HTMLCanvasElement} canvas
 */
function copyOf({ width, height }) {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const copy = document.createElement("canvas");
  copy.width = 2 * Math.round((width * scale) / 2);
  copy.height = 2 * Math.round((height * scale) / 2);
  const context = copy.getContext("2d", { alpha: false });
  if (!context) throw new Error("This browser has no canvas to record.");
  return context;
}
