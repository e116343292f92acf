import { BLENDSHAPES, SHAPE_COUNT } from "./arkit.js";
import { Ladder } from "./ladder.js";
import { FACE_WIDTH } from "./oculus.js";

/** A display's frame is shown for its whole length, so its face is computed for the middle of it. */
const LONGEST_BIAS_S = 1 / 60;
/** Half a blink is not a calmer blink: intensity leaves lids and gaze alone. */
const UNSCALED = Array.from({ length: FACE_WIDTH }, (_, i) => /^eye(Blink|Look)/.test(BLENDSHAPES[i] ?? ""));

/** @typedef {import("./speech.js").Speech} Speech */

/**
 * What is shown: at each render tick it asks the clock, the ladder, and writes the bound meshes. Between
 * utterances, once it is back at neutral, it writes nothing, so the app may move the morphs itself.
 */
export class Face {
  ladder = new Ladder();
  /** The 52 of ARKit, as they are shown. */
  weights = new Float32Array(SHAPE_COUNT);
  /** Seconds of the utterance that the shown face belongs to. */
  time = 0;
  /** Ticks a second, averaged. */
  fps = 0;
  /** @type {import("./binding.js").Binding | null} */
  binding = null;
  /** The same, and the visemes. */
  #whole = new Float32Array(FACE_WIDTH);
  #arkit = this.#whole.subarray(0, SHAPE_COUNT);
  /** @type {import("./ladder.js").Wish} */
  #wish = { quick: false, lipSync: "server" };
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
   * @param {{intensity: number, smoothing: number, lipSync?: "server" | "viseme"}} settings
   */
  tick(speech, now, { intensity, smoothing, lipSync = "server" }) {
    if (!speech && this.#idle) return;
    const elapsed = this.#measure(now);
    const from = this.ladder.rank;
    if (speech) this.time = this.#instant(speech, now);
    this.#wish.quick = !speech && this.#last?.cancelled === true;
    this.#wish.lipSync = lipSync;
    const changed = this.ladder.step(speech ? speech.sources : null, this.time, now, smoothing, this.#wish);
    this.#show(intensity);
    if (changed) this.#tell(from, speech);
    if (speech) this.#report(speech, elapsed);
    this.#idle = !speech && this.ladder.settled;
  }

  /** Neutral, at once. */
  reset() {
    this.ladder.reset();
    this.#whole.fill(0);
    this.weights.fill(0);
    this.binding?.write(this.#whole);
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
    for (let i = 0; i < FACE_WIDTH; i++) {
      const value = UNSCALED[i] ? weights[i] : weights[i] * intensity;
      this.#whole[i] = Math.min(1, Math.max(0, value));
    }
    this.weights.set(this.#arkit);
    this.binding?.write(this.#whole);
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
