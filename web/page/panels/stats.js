import { element, setText } from "../dom.js";

const UPDATE_MS = 250;
/** The number of frames that offset (median) and CPU time (mean) are computed over. */
const WINDOW = 61;
/** The period of the stream rate. */
const RATE_MS = 1000;
const UNKNOWN = "–";
const STATS = ["source", "first-frame", "offset", "rate", "frames", "late", "gaps", "fps", "work"];
/** @type {Record<string, string>} */
const SOURCES = {
  server: "server",
  network: "this device",
  viseme: "visemes",
  loudness: "loudness",
  neutral: "idle",
};

/** Live statistics of the client. */
export class StatsPanel {
  #client;
  #cells = Object.fromEntries(STATS.map((name) => [name, element(`stat-${name}`)]));
  /** Seconds from the audio that is heard to the face that is shown. @type {number[]} */
  #offsets = [];
  /** @type {number[]} */
  #works = [];
  /** Frames received so far, over time. @type {{at: number, frames: number}[]} */
  #counts = [];
  #lastUpdate = 0;

  /** @param {import("audio2face-client").Audio2FaceClient} client */
  constructor(client) {
    this.#client = client;
    client.on("frame", ({ time, heard }) => add(this.#offsets, time - heard));
  }

  reset() {
    this.#offsets = [];
    this.#counts = [];
  }

  /**
   * @param {number} now ms
   * @param {number} work ms of work in the last frame, without drawing
   */
  update(now, work) {
    add(this.#works, work);
    if (now - this.#lastUpdate < UPDATE_MS) return;
    this.#lastUpdate = now;
    const state = this.#client.getDebugState();
    this.#showFace(state);
    this.#showStream(state, now);
    this.#set("work", `${mean(this.#works).toFixed(2)} ms`);
  }

  /** @param {ReturnType<import("audio2face-client").Audio2FaceClient["getDebugState"]>} state */
  #showFace({ rank, timeToFirstFrameMs, speaking, fps }) {
    const offset = this.#offsets.length > 0 ? median(this.#offsets) * 1000 : null;
    this.#set("source", SOURCES[rank]);
    this.#set("first-frame", milliseconds(timeToFirstFrameMs));
    this.#set("offset", milliseconds(offset));
    this.#set("fps", speaking ? `${Math.round(fps)} Hz` : UNKNOWN);
  }

  /**
   * @param {ReturnType<import("audio2face-client").Audio2FaceClient["getDebugState"]>} state
   * @param {number} now
   */
  #showStream({ utterance, framesReceived, lateFrames, underruns }, now) {
    const started = utterance !== null;
    this.#set("frames", started ? `${framesReceived}` : UNKNOWN);
    this.#set("late", started ? `${lateFrames}` : UNKNOWN);
    this.#set("gaps", started ? `${underruns}` : UNKNOWN);
    this.#set("rate", started ? `${this.#rate(framesReceived, now).toFixed(0)} /s` : UNKNOWN);
  }

  /**
   * Returns how many frames per second arrived lately.
   * @param {number} frames
   * @param {number} now
   */
  #rate(frames, now) {
    // The count restarts with each utterance.
    if (frames < (this.#counts.at(-1)?.frames ?? 0)) this.#counts = [];
    this.#counts.push({ at: now, frames });
    while (this.#counts[0].at < now - RATE_MS) this.#counts.shift();
    const { at, frames: before } = this.#counts[0];
    return now > at ? ((frames - before) * 1000) / (now - at) : 0;
  }

  /** @param {string} name @param {string} text */
  #set(name, text) {
    setText(this.#cells[name], text);
  }
}

/** @param {number[]} values newest last @param {number} value */
function add(values, value) {
  if (Number.isNaN(value)) return;
  values.push(value);
  if (values.length > WINDOW) values.shift();
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {number | null} value */
const milliseconds = (value) => (value === null ? UNKNOWN : `${Math.round(value)} ms`.replace("-", "−"));
