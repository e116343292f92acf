import { Audio2FaceClient } from "audio2face-client";
import { element, say } from "../dom.js";
import { mouthOf } from "./curves.js";
import { PHONEMES, visemeAt } from "./phonemes.js";
import { Scrubber } from "./scrubber.js";
import { origin } from "./sources.js";
import { Picture } from "./timeline_canvas.js";

/** The last instant that can be sought lies this far before the end, or the sound would be over. */
const END_S = 1 / 30;
/** The line below the picture changes so often while it plays. */
const READ_MS = 100;

/** @typedef {import("audio2face-client").Take} Take */

/** What was spoken, over time: sound, mouth, visemes, words, and where the face came from. */
export class TimelineBox {
  #picture = new Picture(element("track-picture"));
  #reading = element("track-reading");
  #scrubber;
  #face = new Float32Array(Audio2FaceClient.BLENDSHAPES.length);
  /** @type {Take | null} */
  #take = null;
  #seekable = false;
  #read = 0;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {{seek: (time: number) => void, toggle: () => void}} on
   */
  constructor(client, on) {
    this.#scrubber = new Scrubber(element("scrub"), element("play-head"), {
      ...on,
      describe: (time) => this.#describe(time),
    });
    client.on("frame", ({ time }) => this.#move(time));
  }

  /**
   * @param {Take | null} take
   * @param {boolean} seekable whether its sound can be sought by now
   */
  show(take, seekable) {
    element("track-empty").hidden = take !== null;
    element("track").hidden = take === null;
    this.#seekable = seekable;
    const same = take === this.#take;
    this.#take = take;
    if (!same) this.#picture.show(take);
    this.#scrubber.show(same ? this.#scrubber.time : 0, Number.POSITIVE_INFINITY);
    this.#tell();
  }

  /** Once a tick. @param {number} now ms */
  tick(now) {
    if (!this.#take) return;
    this.#picture.grow(now);
    const { expected, duration } = this.#take;
    this.#scrubber.range(Math.max(0, (expected || duration) - END_S), this.#picture, this.#seekable);
  }

  /** What is shown of the face was changed. */
  redraw() {
    this.#picture.redraw();
    this.#tell();
  }

  /** @param {number} time seconds */
  #move(time) {
    if (!this.#take) return;
    const now = performance.now();
    this.#scrubber.show(time, now);
    if (now - this.#read < READ_MS) return;
    this.#read = now;
    this.#tell();
  }

  #tell() {
    if (this.#take) say(this.#reading, this.#describe(this.#scrubber.time));
  }

  /** @param {number} time seconds @returns {string} */
  #describe(time) {
    if (!this.#take) return "";
    const { complete, expected, duration, visemes } = this.#take;
    const whole = complete ? duration : expected || duration;
    this.#take.faceAt(time, this.#face);
    const sounds = PHONEMES[visemeAt(visemes, time)];
    return [
      `${Math.min(time, whole).toFixed(2)} of ${whole.toFixed(2)} seconds`,
      `jaw ${mouthOf(this.#face)[0].toFixed(2)}`,
      ...(sounds ? [`/${sounds}/`] : []),
      origin(this.#take.rankAt(time)),
    ].join(", ");
  }
}
