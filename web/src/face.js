import { BLENDSHAPES, SHAPE_COUNT } from "./arkit.js";
import { Ladder } from "./ladder.js";

/** A display's frame is shown for its whole length, so its face is computed for the middle of it. */
const LONGEST_BIAS_S = 1 / 60;
/** Half a blink is not a calmer blink: intensity leaves lids and gaze alone. */
const UNSCALED = BLENDSHAPES.map((name) => /^eye(Blink|Look)/.test(name));

/** @typedef {import("./speech.js").Speech} Speech */

/**
 * What is shown: at each render tick it asks the clock, the ladder, and writes the bound meshes. Between
 * utterances, once it is back at neutral, it writes nothing, so the app may move the morphs itself.
 */
export class Face {
  ladder = new Ladder();
  weights = new Float32Array(SHAPE_COUNT);
  /** Seconds of the utterance that the shown face belongs to. */
  time = 0;
  /** Ticks a second, averaged. */
  fps = 0;
  /** @type {import("./binding.js").Binding | null} */
  binding = null;
  #emit;
  #lastTick = Number.NEGATIVE_INFINITY;
  #interval = 1000 / 60;
  /** @type {import("./types.js").FrameEvent} */
  #event;
  #idle = true;
  /** @type {Speech | null} */
  #last = null;

  /** @param {(event: keyof import("./types.js").Events, payload: any) => void} emit */
  constructor(emit) {
    this.#emit = emit;
    this.#event = { utterance: 0, time: 0, weights: this.weights, rank: "neutral" };
  }

  /** Nothing is to be shown until somebody speaks. */
  get settled() {
    return this.ladder.settled;
  }

  /**
   * @param {Speech | null} speech whose sound has begun
   * @param {number} now ms
   * @param {{intensity: number, smoothing: number}} settings
   */
  tick(speech, now, { intensity, smoothing }) {
    if (!speech && this.#idle) return;
    const elapsed = this.#measure(now);
    const from = this.ladder.rank;
    if (speech) this.time = this.#instant(speech, now);
    const changed = this.ladder.step(speech ? speech.sources : null, this.time, now, smoothing);
    this.#show(intensity);
    if (changed) this.#tell(from, speech);
    if (speech) this.#report(speech, elapsed);
    this.#idle = !speech && this.ladder.settled;
  }

  /** Neutral, at once. */
  reset() {
    this.ladder.reset();
    this.weights.fill(0);
    this.binding?.write(this.weights);
  }

  /**
   * @param {Speech} speech
   * @param {number} now
   */
  #instant(speech, now) {
    const heard = speech.voice.time(now);
    return heard + Math.min(this.#interval / 2000, LONGEST_BIAS_S) * speech.voice.rate;
  }

  /** @param {number} now */
  #measure(now) {
    const elapsed = now - this.#lastTick;
    this.#lastTick = now;
    if (elapsed > 250) return 0;
    this.#interval += (elapsed - this.#interval) * 0.1;
    this.fps = 1000 / this.#interval;
    return elapsed;
  }

  /** @param {number} intensity */
  #show(intensity) {
    const { weights } = this.ladder;
    for (let i = 0; i < SHAPE_COUNT; i++) {
      const value = UNSCALED[i] ? weights[i] : weights[i] * intensity;
      this.weights[i] = Math.min(1, Math.max(0, value));
    }
    this.binding?.write(this.weights);
  }

  /**
   * @param {import("./types.js").Rank} from
   * @param {Speech | null} speech
   */
  #tell(from, speech) {
    const to = this.ladder.rank;
    this.#emit("rank", { from, to, reason: this.#reason(to, speech) });
  }

  /**
   * @param {import("./types.js").Rank} to
   * @param {Speech | null} speech
   */
  #reason(to, speech) {
    if (!speech) return this.#last?.cancelled ? "cancelled" : "utterance over";
    return to === "server" ? "frames are there" : speech.reason;
  }

  /**
   * @param {Speech} speech
   * @param {number} elapsed ms
   */
  #report(speech, elapsed) {
    this.#last = speech;
    speech.carried[this.ladder.rank] += elapsed;
    this.#event.utterance = speech.id;
    this.#event.time = this.time;
    this.#event.rank = this.ladder.rank;
    this.#emit("frame", this.#event);
  }
}
