import { element, say } from "../dom.js";

const EVERY_MS = 250;
/** The skew shown is the median of so many ticks; the work is the mean of them. */
const TICKS = 61;
/** The rate of the stream is that of so many last milliseconds. */
const RATE_MS = 1000;
const UNKNOWN = "–";
/** @type {Record<string, string>} */
const RANKS = { server: "the server", viseme: "visemes", loudness: "loudness", neutral: "nobody" };

/** What the client can say of itself, in numbers. */
export class Figures {
  #client;
  #cells = Object.fromEntries(
    ["rank", "first", "skew", "stream", "frames", "dropped", "gaps", "ticks", "work"].map((name) => [
      name,
      element(`figure-${name}`),
    ]),
  );
  /** @type {number[]} */
  #skews = [];
  /** @type {number[]} */
  #works = [];
  /** How many frames were there when. @type {{at: number, frames: number}[]} */
  #counts = [];
  #last = 0;

  /** @param {import("audio2face-client").Audio2FaceClient} client */
  constructor(client) {
    this.#client = client;
    client.on("frame", ({ time, heard }) => add(this.#skews, time - heard));
  }

  forget() {
    this.#skews = [];
    this.#counts = [];
  }

  /**
   * @param {number} now ms
   * @param {number} work ms that the page worked in the last tick, drawing left out
   */
  show(now, work) {
    add(this.#works, work);
    if (now - this.#last < EVERY_MS) return;
    this.#last = now;
    const state = this.#client.getDebugState();
    const first = state.timeToFirstFrameMs;
    this.#say("rank", RANKS[state.rank]);
    this.#say("first", first === null ? UNKNOWN : milliseconds(first));
    this.#say("skew", this.#skews.length === 0 ? UNKNOWN : milliseconds(median(this.#skews) * 1000));
    this.#say("ticks", state.speaking ? `${Math.round(state.fps)} Hz` : UNKNOWN);
    this.#say("work", `${mean(this.#works).toFixed(2)} ms`);
    this.#showStream(state, now);
  }

  /**
   * @param {ReturnType<import("audio2face-client").Audio2FaceClient["getDebugState"]>} state
   * @param {number} now
   */
  #showStream({ utterance, framesReceived, lateFrames, underruns }, now) {
    const begun = utterance !== null;
    this.#say("frames", begun ? `${framesReceived}` : UNKNOWN);
    this.#say("dropped", begun ? `${lateFrames}` : UNKNOWN);
    this.#say("gaps", begun ? `${underruns}` : UNKNOWN);
    this.#say("stream", begun ? `${this.#rate(framesReceived, now).toFixed(0)} /s` : UNKNOWN);
  }

  /**
   * Frames a second that came lately.
   * @param {number} frames
   * @param {number} now
   */
  #rate(frames, now) {
    // Another utterance begins at 0.
    if (frames < (this.#counts.at(-1)?.frames ?? 0)) this.#counts = [];
    this.#counts.push({ at: now, frames });
    while (this.#counts[0].at < now - RATE_MS) this.#counts.shift();
    const { at, frames: before } = this.#counts[0];
    return now > at ? ((frames - before) * 1000) / (now - at) : 0;
  }

  /** @param {string} name @param {string} text */
  #say(name, text) {
    say(this.#cells[name], text);
  }
}

/** @param {number[]} values the newest last @param {number} value */
function add(values, value) {
  if (Number.isNaN(value)) return;
  values.push(value);
  if (values.length > TICKS) values.shift();
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {number} value */
const milliseconds = (value) => `${Math.round(value)} ms`.replace("-", "−");
