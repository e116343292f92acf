import { Audio2FaceClient } from "audio2face-client";
import { element, setText } from "../dom.js";
import { mouthOf } from "./curves.js";
import { soundAt, soundsOf } from "./phonemes.js";
import { Scrubber } from "./scrubber.js";
import { describeSource } from "./sources.js";
import { TimelineCanvas } from "./timeline_canvas.js";

/** Seeking stops this many seconds before the end, since the element would end there. */
const END_MARGIN_S = 1 / 30;
/** How often the text below the canvas changes during playback. */
const TEXT_INTERVAL_MS = 100;

/** @typedef {import("audio2face-client").Take} Take a recording */

/** Shows a recording over time: waveform, mouth curves, phonemes, words and the source of the face. */
export class TimelinePanel {
  #canvas = new TimelineCanvas(element("track-canvas"));
  #text = element("track-text");
  #scrubber;
  #face = new Float32Array(Audio2FaceClient.BLENDSHAPES.length);
  /** @type {Take | null} */
  #recording = null;
  #seekable = false;
  #textChangedAt = 0;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {{seek: (time: number) => void, toggle: () => void}} player
   */
  constructor(client, player) {
    this.#scrubber = new Scrubber(element("scrub"), element("playhead"), {
      seek: (time) => player.seek(time),
      toggle: () => player.toggle(),
      describe: (time) => this.#describe(time),
    });
    client.on("frame", ({ time }) => this.#onFrame(time));
  }

  /**
   * @param {Take | null} recording
   * @param {boolean} seekable whether the player has its audio
   */
  show(recording, seekable) {
    element("track-empty").hidden = recording !== null;
    element("track").hidden = recording === null;
    this.#seekable = seekable;
    const same = recording === this.#recording;
    this.#recording = recording;
    if (!same) this.#canvas.show(recording);
    this.#scrubber.show(same ? this.#scrubber.time : 0, Number.POSITIVE_INFINITY);
    this.#updateText();
  }

  /** Called on every frame. @param {number} now ms */
  update(now) {
    if (!this.#recording) return;
    this.#canvas.update(now);
    const { expected, duration } = this.#recording;
    const end = Math.max(0, (expected || duration) - END_MARGIN_S);
    this.#scrubber.setRange(end, this.#canvas, this.#seekable);
  }

  /** Draws the recording again, because settings changed what it shows. */
  redraw() {
    this.#canvas.redraw();
    this.#updateText();
  }

  /** @param {number} time seconds */
  #onFrame(time) {
    if (!this.#recording) return;
    const now = performance.now();
    this.#scrubber.show(time, now);
    if (now - this.#textChangedAt < TEXT_INTERVAL_MS) return;
    this.#textChangedAt = now;
    this.#updateText();
  }

  #updateText() {
    if (this.#recording) setText(this.#text, this.#describe(this.#scrubber.time));
  }

  /** @param {number} time seconds @returns {string} */
  #describe(time) {
    if (!this.#recording) return "";
    const { complete, expected, duration, visemes } = this.#recording;
    const end = complete ? duration : expected || duration;
    this.#recording.faceAt(time, this.#face);
    const sound = soundAt(soundsOf(visemes, end), time);
    return [
      `${Math.min(time, end).toFixed(2)} of ${end.toFixed(2)} seconds`,
      `jaw ${mouthOf(this.#face)[0].toFixed(2)}`,
      ...(sound ? [`/${sound}/`] : []),
      describeSource(this.#recording.rankAt(time)),
    ].join(", ");
  }
}
