import { element, say } from "./dom.js";

const EVERY_MS = 250;
/** The skew shown is the median of so many ticks. */
const TICKS = 61;
const UNKNOWN = "–";
const WHY_UNKNOWN = "Only measured for files: the page hears those itself.";
/** @type {Record<string, string>} */
const RANKS = { server: "the server", viseme: "visemes", loudness: "loudness", neutral: "nobody" };

/** What the client can say of itself, in numbers. */
export class Figures {
  #client;
  #rank = element("figure-rank");
  #first = element("figure-first");
  #skew = element("figure-skew");
  #frames = element("figure-frames");
  #late = element("figure-late");
  #ticks = element("figure-ticks");
  /** @type {number[]} */
  #skews = [];
  #last = 0;

  /** @param {import("audio2face-client").Audio2FaceClient} client */
  constructor(client) {
    this.#client = client;
  }

  /** @param {number} skew face less sound, in seconds; NaN while nothing is heard */
  add(skew) {
    if (Number.isNaN(skew)) return;
    this.#skews.push(skew);
    if (this.#skews.length > TICKS) this.#skews.shift();
  }

  forget() {
    this.#skews = [];
  }

  /**
   * @param {number} now ms
   * @param {number} delay seconds by which the face follows a microphone; NaN otherwise
   */
  show(now, delay) {
    if (now - this.#last < EVERY_MS) return;
    this.#last = now;
    const state = this.#client.getDebugState();
    const started = state.utterance !== null;
    say(this.#rank, RANKS[state.rank]);
    say(this.#first, state.timeToFirstFrameMs === null ? UNKNOWN : milliseconds(state.timeToFirstFrameMs));
    this.#showSkew(this.#skewText(delay));
    say(this.#frames, started ? `${state.framesReceived} frames` : UNKNOWN);
    say(this.#late, started ? `${state.lateFrames} frames` : UNKNOWN);
    say(this.#ticks, state.speaking ? `${Math.round(state.fps)} Hz` : UNKNOWN);
  }

  /** @param {string} text */
  #showSkew(text) {
    say(this.#skew, text);
    this.#skew.title = text === UNKNOWN ? WHY_UNKNOWN : "";
  }

  /** @param {number} delay */
  #skewText(delay) {
    if (!Number.isNaN(delay)) return milliseconds(-delay * 1000);
    if (this.#skews.length === 0) return UNKNOWN;
    const sorted = [...this.#skews].sort((a, b) => a - b);
    return milliseconds(sorted[sorted.length >> 1] * 1000);
  }
}

/** @param {number} value */
const milliseconds = (value) => `${Math.round(value)} ms`.replace("-", "−");
