import { bakeTake } from "audio2face-client";
import { element, setText } from "../dom.js";
import { UserError } from "../messages.js";
import { download, fileName, formatSize } from "./download.js";
import { extensionOf, VideoCapture, videoType } from "./video_capture.js";

const NO_VIDEO =
  "This browser can't record video because it lacks MediaRecorder. Use Chrome, Edge, Firefox or Safari 14.1 or later.";
const NO_AVATAR = "Load a GLB avatar first.";

/** @typedef {import("audio2face-client").Take} Take a recording */
/** Named in the file's name, because the time codes do not tell it. */
const CSV_FPS = 30;

/** @typedef {"csv" | "json" | "wav" | "glb" | "video"} Format */

/** The buttons that download a recording as CSV, JSON, WAV, GLB or video. */
export class ExportButtons {
  #canvas;
  #audio;
  #player;
  #videoLabel;
  /** The GLB that is shown. @type {Blob | null} */
  #avatar = null;
  #note = element("export-note");
  /** Separate from the note and hidden from screen readers, because it changes constantly. */
  #progress = element("export-progress");
  #buttons = {
    csv: button("export-csv"),
    json: button("export-json"),
    wav: button("export-wav"),
    glb: button("export-glb"),
    video: button("export-video"),
  };
  /** @type {Take | null} */
  #recording = null;
  #name = "";
  /** @type {VideoCapture | null} */
  #video = null;
  /** Whether a video is about to be captured. */
  #preparing = false;

  /**
   * @param {HTMLCanvasElement} canvas with the face
   * @param {HTMLAudioElement} audio the player's element
   * @param {{prepare: (recording: Take) => Promise<void>, seek: (time: number) => void}} player
   * @param {(action: () => Promise<void>) => unknown} run runs an action and reports its error
   * @param {() => string} videoLabel returns the label for a corner of the video
   */
  constructor(canvas, audio, player, run, videoLabel) {
    this.#videoLabel = videoLabel;
    this.#canvas = canvas;
    this.#audio = audio;
    this.#player = player;
    const actions = this.#actions();
    for (const [format, each] of Object.entries(this.#buttons))
      each.addEventListener("click", () => run(() => this.#export(actions[/** @type {Format} */ (format)])));
    this.#showNote(videoType() ? "" : NO_VIDEO);
    this.#refresh();
  }

  /** @param {Blob} avatar the GLB that is shown */
  setAvatar(avatar) {
    this.#avatar = avatar;
    this.#refresh();
  }

  /**
   * @param {Take | null} recording which is complete
   * @param {string} name what was spoken
   */
  show(recording, name) {
    this.stop();
    this.#recording = recording;
    this.#name = fileName(name, new Date());
    if (recording) this.#showNote(videoType() ? "" : NO_VIDEO);
    this.#refresh();
  }

  /** Cancels the video capture, if there is one. */
  stop() {
    this.#video?.stop();
  }

  /** @returns {Record<Format, (recording: Take) => unknown>} */
  #actions() {
    return {
      csv: (recording) =>
        this.#save(new Blob([recording.csv(CSV_FPS)], { type: "text/csv" }), `${CSV_FPS}fps.csv`),
      json: (recording) => this.#save(new Blob([recording.json()], { type: "application/json" }), "json"),
      wav: (recording) => this.#save(recording.wav(), "wav"),
      glb: (recording) => this.#saveGlb(recording),
      video: (recording) => (this.#video ? this.stop() : this.#captureVideo(recording)),
    };
  }

  /** @param {(recording: Take) => unknown} action */
  async #export(action) {
    if (this.#recording) await action(this.#recording);
  }

  /** Enables the formats that are available now. */
  #refresh() {
    const { csv, json, wav, glb, video } = this.#buttons;
    const unavailable = !this.#recording || this.#video !== null;
    csv.disabled = json.disabled = wav.disabled = unavailable;
    glb.disabled = unavailable || !this.#avatar;
    glb.title = this.#avatar ? "" : NO_AVATAR;
    video.disabled = !this.#recording || this.#preparing || !videoType();
  }

  /** @param {Take} recording */
  async #saveGlb(recording) {
    if (!this.#avatar) throw new UserError(NO_AVATAR);
    const bytes = bake(recording, await this.#avatar.arrayBuffer(), this.#name);
    this.#save(new Blob([bytes], { type: "model/gltf-binary" }), "glb");
  }

  /** @param {Take} recording */
  async #captureVideo(recording) {
    await this.#prepare(recording);
    if (recording !== this.#recording) return;
    this.#player.seek(0);
    this.#video = this.#startCapture(recording.duration.toFixed(1));
    this.#label("Stop recording");
    try {
      const video = await this.#video.record();
      if (video) this.#save(video, extensionOf(video.type));
      else this.#showNote("Recording stopped. Nothing was saved.");
    } finally {
      this.#video = null;
      setText(this.#progress, "");
      this.#label("Video");
    }
  }

  /** @param {string} duration in seconds */
  #startCapture(duration) {
    /** @type {(state: {time: number, waiting: boolean}) => void} */
    const onTick = ({ time, waiting }) => {
      this.#showNote(waiting ? "Recording paused while this tab is hidden." : "Recording …");
      setText(this.#progress, `${time.toFixed(1)} of ${duration} s`);
    };
    return new VideoCapture(this.#canvas, this.#audio, onTick, this.#videoLabel());
  }

  /** Loads the recording into the player. Meanwhile no other video can be started. @param {Take} recording */
  async #prepare(recording) {
    this.#preparing = true;
    this.#refresh();
    try {
      await this.#player.prepare(recording);
    } finally {
      this.#preparing = false;
      this.#refresh();
    }
  }

  /**
   * @param {Blob} blob
   * @param {string} extension
   */
  #save(blob, extension) {
    const file = `${this.#name}.${extension}`;
    download(blob, file);
    this.#showNote(`Saved ${file} (${formatSize(blob.size)}).`);
  }

  /** Labels the video button. @param {"Video" | "Stop recording"} text */
  #label(text) {
    const { video } = this.#buttons;
    setText(video, text);
    video.setAttribute("aria-label", text === "Video" ? "Record a video" : text);
    this.#refresh();
  }

  /** @param {string} note */
  #showNote(note) {
    setText(this.#note, note);
  }
}

/**
 * @param {Take} recording
 * @param {ArrayBuffer} glb
 * @param {string} name of the animation
 */
function bake(recording, glb, name) {
  try {
    return bakeTake(recording, glb, { name });
  } catch (error) {
    throw new UserError(/** @type {Error} */ (error).message);
  }
}

/** @param {string} id */
const button = (id) => /** @type {HTMLButtonElement} */ (element(id));
