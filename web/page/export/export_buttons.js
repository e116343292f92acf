import { bakeTake } from "audio2face-client";
import { element, say } from "../dom.js";
import { Told } from "../messages.js";
import { fileName, save, sizeOf } from "./download.js";
import { extensionOf, Recording, videoType } from "./video_capture.js";

const NO_VIDEO =
  "This browser cannot record video (it lacks MediaRecorder); Chrome, Edge, Firefox and Safari 14.1 can.";
const NO_FILE = "The GLB needs an avatar that is a GLB.";

/** @typedef {import("audio2face-client").Take} Take */
/** @typedef {"csv" | "json" | "wav" | "glb" | "video"} Kind */

/** The buttons that keep a take: CSV, JSON, WAV, GLB, video. */
export class Keep {
  #canvas;
  #player;
  /** The GLB that is worn. @type {Blob | null} */
  #avatar = null;
  #speaker;
  #note = element("keep-note");
  /** It changes too often to be read aloud. */
  #count = element("keep-count");
  #buttons = {
    csv: button("keep-csv"),
    json: button("keep-json"),
    wav: button("keep-wav"),
    glb: button("keep-glb"),
    video: button("keep-video"),
  };
  /** @type {Take | null} */
  #take = null;
  #name = "";
  /** @type {Recording | null} */
  #recording = null;
  /** It is about to be recorded. */
  #preparing = false;

  /**
   * @param {HTMLCanvasElement} canvas with the face
   * @param {HTMLAudioElement} player of the take's sound
   * @param {{fetch: (take: Take) => Promise<void>, seek: (time: number) => void}} speaker who lets the player have it
   * @param {(action: () => Promise<void>) => unknown} told runs what may fail, and says why it did
   */
  constructor(canvas, player, speaker, told) {
    this.#canvas = canvas;
    this.#player = player;
    this.#speaker = speaker;
    for (const [kind, each] of Object.entries(this.#buttons))
      each.addEventListener("click", () => told(() => this.#keep(/** @type {Kind} */ (kind))));
    this.#say(videoType() ? "" : NO_VIDEO);
    this.#refresh();
  }

  /** @param {Blob | null} avatar the GLB that is worn */
  wear(avatar) {
    if (avatar === this.#avatar) return;
    this.#avatar = avatar;
    this.#refresh();
  }

  /**
   * @param {Take | null} take which is complete
   * @param {string} name what was spoken
   */
  show(take, name) {
    this.stop();
    this.#take = take;
    this.#name = fileName(name, new Date());
    if (take) this.#say(videoType() ? "" : NO_VIDEO);
    this.#refresh();
  }

  /** What can be kept may have changed. */
  #refresh() {
    const { csv, json, wav, glb, video } = this.#buttons;
    const nothing = !this.#take || this.#recording !== null;
    csv.disabled = json.disabled = wav.disabled = nothing;
    glb.disabled = nothing || !this.#avatar;
    glb.title = this.#avatar ? "" : NO_FILE;
    video.disabled = !this.#take || this.#preparing || !videoType();
  }

  /** Ends a recording, if there is one. */
  stop() {
    this.#recording?.stop();
  }

  /** @param {Kind} kind */
  async #keep(kind) {
    const take = this.#take;
    if (!take) return;
    if (kind === "csv") this.#save(new Blob([take.csv()], { type: "text/csv" }), "csv");
    else if (kind === "json") this.#save(new Blob([take.json()], { type: "application/json" }), "json");
    else if (kind === "wav") this.#save(take.wav(), "wav");
    else if (kind === "glb") await this.#bake(take);
    else if (this.#recording) this.stop();
    else await this.#record(take);
  }

  /** @param {Take} take */
  async #bake(take) {
    if (!this.#avatar) throw new Told(NO_FILE);
    const bytes = baked(take, await this.#avatar.arrayBuffer(), this.#name);
    this.#save(new Blob([bytes], { type: "model/gltf-binary" }), "glb");
  }

  /** @param {Take} take */
  async #record(take) {
    const whole = take.duration.toFixed(1);
    await this.#fetch(take);
    if (take !== this.#take) return;
    this.#speaker.seek(0);
    this.#recording = new Recording(this.#canvas, this.#player, ({ time, waiting }) => {
      this.#say(waiting ? "The recording waits: browsers draw nothing in a hidden tab." : "Recording …");
      say(this.#count, `${time.toFixed(1)} of ${whole} s`);
    });
    this.#label("Stop recording");
    try {
      const video = await this.#recording.make();
      if (video) this.#save(video, extensionOf(video.type));
      else this.#say("The recording was stopped; nothing was kept.");
    } finally {
      this.#recording = null;
      say(this.#count, "");
      this.#label("Video");
    }
  }

  /** Loading takes a moment, and only one recording at a time can be made. @param {Take} take */
  async #fetch(take) {
    this.#preparing = true;
    this.#refresh();
    try {
      await this.#speaker.fetch(take);
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
    save(blob, file);
    this.#say(`${file} is saved, ${sizeOf(blob.size)}.`);
  }

  /** @param {string} words on the button */
  #label(words) {
    const { video } = this.#buttons;
    say(video, words);
    video.setAttribute("aria-label", words === "Video" ? "Record the take as video" : words);
    this.#refresh();
  }

  /** @param {string} words */
  #say(words) {
    say(this.#note, words);
  }
}

/**
 * @param {Take} take
 * @param {ArrayBuffer} glb
 * @param {string} name of the animation
 */
function baked(take, glb, name) {
  try {
    return bakeTake(take, glb, { name });
  } catch (error) {
    throw new Told(/** @type {Error} */ (error).message);
  }
}

/** @param {string} id */
const button = (id) => /** @type {HTMLButtonElement} */ (element(id));
