import { BLENDSHAPES, SHAPE_COUNT } from "../arkit.js";
import { Expression } from "./expression.js";
import { Ladder } from "./ladder.js";
import { FACE_WIDTH } from "./oculus.js";

/** A display's frame is shown for its whole length, so its face is computed for the middle of it. */
const LONGEST_BIAS_S = 1 / 60;
/** Half a blink is not a calmer blink: intensity leaves lids and gaze alone. */
const UNSCALED = Array.from({ length: FACE_WIDTH }, (_, i) => /^eye(Blink|Look)/.test(BLENDSHAPES[i] ?? ""));

/** @typedef {import("../speech/speech.js").Speech} Speech */

/**
 * What is shown: at each render tick it asks the clock, the ladder and the layers above it, and writes what is bound.
 * Between utterances, once it is back at neutral and no layer shows anything, it writes nothing, so the app may move
 * the morphs itself.
 */
export class Face {
  ladder = new Ladder();
  /** The first layer: emotions, at once. */
  expression = new Expression();
  /** The 52 of ARKit, as they are shown. */
  weights = new Float32Array(SHAPE_COUNT);
  /** Seconds of the utterance that the shown face belongs to. */
  time = 0;
  /** Ticks a second, averaged. */
  fps = 0;
  /** @type {import("../avatar/binding.js").Binding | null} */
  binding = null;
  /** The same, and the visemes. */
  #whole = new Float32Array(FACE_WIDTH);
  #arkit = this.#whole.subarray(0, SHAPE_COUNT);
  /** @type {import("./ladder.js").Wish} */
  #wish = { quick: false, lipSync: "server" };
  #emit;
  #lastTick = Number.NEGATIVE_INFINITY;
  #interval = 1000 / 60;
  /** @type {import("../types.js").FrameEvent} */
  #event;
  #idle = true;
  /** @type {Speech | null} */
  #last = null;
  #life;
  /** @type {import("../life/life.js").Moment} */
  #moment = { speech: null, time: 0, awaited: false, led: false };

  /**
   * @param {(event: keyof import("../types.js").Events, payload: any) => void} emit
   * @param {import("../life/life.js").Life | null} [life] the second layer
   */
  constructor(emit, life = null) {
    this.#emit = emit;
    this.#life = life;
    this.#event = { utterance: 0, time: 0, heard: Number.NaN, weights: this.weights, rank: "neutral" };
  }

  /** Nothing is to be shown until somebody speaks. */
  get settled() {
    return this.ladder.settled && !this.#layered;
  }

  get #layered() {
    return this.expression.active || this.#life?.active === true;
  }

  /**
   * @param {Speech | null} speech whose sound has begun
   * @param {number} now ms
   * @param {{intensity: number, smoothing: number, lipSync?: "server" | "viseme"}} settings
   * @param {boolean} [awaited] somebody is about to speak
   */
  tick(speech, now, { intensity, smoothing, lipSync = "server" }, awaited = false) {
    if (!speech && this.#idle && !this.#layered) return;
    const elapsed = this.#measure(now);
    const from = this.ladder.rank;
    if (speech) this.time = this.#instant(speech, now);
    this.#wish.quick = !speech && this.#last?.cancelled === true;
    this.#wish.lipSync = lipSync;
    const changed = this.ladder.step(speech ? speech.sources : null, this.time, now, smoothing, this.#wish);
    this.#live(speech, now, awaited);
    this.#show(intensity, now);
    if (changed) this.#tell(from, speech);
    if (speech) this.#report(speech, elapsed, now);
    this.#idle = !speech && this.ladder.settled;
  }

  /**
   * Makes of what the ladder gives what is to be shown.
   * @param {Float32Array} face a whole one, changed in place
   * @param {number} intensity
   */
  look(face, intensity) {
    for (let i = 0; i < FACE_WIDTH; i++) {
      const value = UNSCALED[i] ? face[i] : face[i] * intensity;
      face[i] = Math.min(1, Math.max(0, value));
    }
  }

  /** Neutral, at once. */
  reset() {
    this.ladder.reset();
    this.expression.reset();
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

  /**
   * @param {Speech | null} speech
   * @param {number} now
   * @param {boolean} awaited
   */
  #live(speech, now, awaited) {
    const moment = this.#moment;
    moment.speech = speech;
    moment.time = this.time;
    moment.awaited = awaited;
    moment.led = this.ladder.led;
    this.#life?.step(now, moment);
  }

  /**
   * @param {number} intensity
   * @param {number} now
   */
  #show(intensity, now) {
    this.#whole.set(this.ladder.weights);
    this.look(this.#whole, intensity);
    this.expression.apply(this.#whole, now);
    this.#life?.apply(this.#whole);
    this.weights.set(this.#arkit);
    this.binding?.write(this.#whole);
  }

  /**
   * @param {import("../types.js").Rank} from
   * @param {Speech | null} speech
   */
  #tell(from, speech) {
    const to = this.ladder.rank;
    this.#emit("rank", { from, to, reason: this.#reason(to, speech) });
  }

  /**
   * @param {import("../types.js").Rank} to
   * @param {Speech | null} speech
   */
  #reason(to, speech) {
    if (!speech) return this.#last?.cancelled ? "cancelled" : "utterance over";
    return to === "server" ? "frames are there" : speech.reason;
  }

  /**
   * @param {Speech} speech
   * @param {number} elapsed ms
   * @param {number} now
   */
  #report(speech, elapsed, now) {
    this.#last = speech;
    speech.carried[this.ladder.rank] += elapsed;
    this.#event.utterance = speech.id;
    this.#event.time = this.time;
    this.#event.heard = speech.voice.heard?.(now) ?? Number.NaN;
    this.#event.rank = this.ladder.rank;
    this.#emit("frame", this.#event);
  }
}
