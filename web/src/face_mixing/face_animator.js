import { BLENDSHAPES, SHAPE_COUNT } from "../arkit.js";
import { FALLBACK } from "../fallback.js";
import { FACE_WIDTH } from "../oculus.js";
import { ExpressionLayer } from "./expression_layer.js";
import { SourceSelector } from "./source_selector.js";

/**
 * @import { Binding } from "../avatar/binding.js"
 * @import { IdleAnimation } from "../idle/idle_animation.js"
 * @import { IdleContext } from "../idle/posture.js"
 * @import { Events, FrameEvent, Rank, Settings } from "../types.js"
 * @import { Utterance } from "../utterance/utterance.js"
 * @import { SelectionOptions } from "./source_selector.js"
 */

/** @typedef {Pick<Settings, "intensity"> & Partial<Pick<Settings, "gain">>} Strength */

/** A display frame is visible for its whole duration, so the face is computed for the middle of it. */
const LONGEST_BIAS_S = 1 / 60;
/** How long expressions take to stop parting closed lips when speech begins, milliseconds. */
const SEAL_MS = 120;
/** Blinks and gaze are not scaled by intensity, because a half blink looks wrong. */
const UNSCALED = Array.from({ length: FACE_WIDTH }, (_, i) => /^eye(Blink|Look)/.test(BLENDSHAPES[i] ?? ""));

/**
 * Computes the face on each render tick and writes it to the bound avatar: source selection, then
 * expressions, then idle animation. While idle at neutral and without layers it writes nothing, so that the
 * app may animate the morphs itself.
 */
export class FaceAnimator {
  selector = new SourceSelector();
  /** First layer: expressions set by the app. */
  expressionLayer = new ExpressionLayer();
  /** The 52 ARKit weights as shown. */
  weights = new Float32Array(SHAPE_COUNT);
  /** Position in the utterance of the face shown, seconds. */
  time = 0;
  /** Average ticks per second. */
  fps = 0;
  /** @type {Binding | null} */
  binding = null;
  /** The full face as shown, including visemes. */
  #face = new Float32Array(FACE_WIDTH);
  #arkit = this.#face.subarray(0, SHAPE_COUNT);
  /** @type {SelectionOptions} */
  #options = { quickRelease: false, lipSync: "server", supply: "ample" };
  #emit;
  #lastTick = Number.NEGATIVE_INFINITY;
  #interval = 1000 / 60;
  /** @type {FrameEvent} */
  #event;
  #atRest = true;
  /** @type {Utterance | null} */
  #lastUtterance = null;
  #idle;
  /** @type {IdleContext} */
  #context = { utterance: null, time: 0, awaited: false, serverLeads: false };

  /**
   * @param {(event: keyof Events, payload: any) => void} emit
   * @param {IdleAnimation | null} [idle] second layer
   */
  constructor(emit, idle = null) {
    this.#emit = emit;
    this.#idle = idle;
    this.expressionLayer.freedom = 1;
    this.#event = { utterance: 0, time: 0, heard: Number.NaN, weights: this.weights, rank: "neutral" };
  }

  /** True if nothing needs to be drawn until the next utterance. */
  get settled() {
    return this.selector.settled && !this.#layered;
  }

  get #layered() {
    return this.expressionLayer.active || this.#idle?.active === true;
  }

  /**
   * @param {Utterance | null} utterance the one being played
   * @param {number} now ms
   * @param {Strength & {smoothing: number, lipSync?: "server" | "viseme", offset?: number}} settings
   * @param {boolean} [awaited] whether an utterance is about to start
   */
  update(utterance, now, settings, awaited = false) {
    if (!utterance && this.#atRest && !this.#layered) return;
    const elapsed = this.#measureInterval(now);
    const from = this.selector.rank;
    if (utterance) {
      this.time = this.#faceTime(utterance, now) - (settings.offset ?? 0);
      utterance.reach?.(this.time);
    }
    this.#options.quickRelease = !utterance && this.#lastUtterance?.cancelled === true;
    this.#options.lipSync = settings.lipSync ?? "server";
    this.#options.supply = utterance?.sink.supply?.() ?? "ample";
    const changed = this.selector.select(
      utterance ? utterance.sources.bestFirst : null,
      this.time,
      now,
      settings.smoothing,
      this.#options,
    );
    this.#freeLips(!utterance && !awaited, elapsed);
    this.#updateIdle(utterance, now, awaited);
    this.#write(settings, now);
    if (changed) this.#emitRank(from, utterance);
    if (utterance) this.#emitFrame(utterance, elapsed, now);
    this.#atRest = !utterance && this.selector.settled;
  }

  /**
   * Applies intensity, gain and expression to a recorded face, in place. Fades and idle animation are left out.
   * @param {Float32Array} face full face
   * @param {Strength} strength
   */
  present(face, strength) {
    applyStrength(face, strength);
    this.expressionLayer.applyTarget(face);
    for (let i = 0; i < face.length; i++) face[i] = Math.min(1, Math.max(0, face[i]));
  }

  /** Resets to neutral immediately. */
  reset() {
    this.selector.reset();
    this.expressionLayer.reset();
    this.#face.fill(0);
    this.weights.fill(0);
    this.binding?.write(this.#face);
  }

  /**
   * @param {Utterance} utterance
   * @param {number} now
   */
  #faceTime(utterance, now) {
    const position = utterance.sink.time(now);
    return position + Math.min(this.#interval / 2000, LONGEST_BIAS_S) * utterance.sink.rate;
  }

  /** @param {number} now */
  #measureInterval(now) {
    const elapsed = now - this.#lastTick;
    this.#lastTick = now;
    if (elapsed > 250) return 0;
    this.#interval += (elapsed - this.#interval) * 0.1;
    this.fps = 1000 / this.#interval;
    return elapsed;
  }

  /** Lets expressions part closed lips while nothing is spoken. @param {boolean} silent @param {number} elapsed ms */
  #freeLips(silent, elapsed) {
    const { freedom } = this.expressionLayer;
    this.expressionLayer.freedom = Math.min(
      1,
      Math.max(0, freedom + ((silent ? 1 : -1) * elapsed) / SEAL_MS),
    );
  }

  /**
   * @param {Utterance | null} utterance
   * @param {number} now
   * @param {boolean} awaited
   */
  #updateIdle(utterance, now, awaited) {
    const context = this.#context;
    context.utterance = utterance;
    context.time = this.time;
    context.awaited = awaited;
    context.serverLeads = this.selector.serverLeads;
    this.#idle?.update(now, context);
  }

  /**
   * @param {Strength} strength
   * @param {number} now
   */
  #write(strength, now) {
    this.#face.set(this.selector.weights);
    applyStrength(this.#face, strength);
    this.expressionLayer.apply(this.#face, now);
    this.#idle?.apply(this.#face);
    this.weights.set(this.#arkit);
    this.binding?.write(this.#face);
  }

  /**
   * @param {Rank} from
   * @param {Utterance | null} utterance
   */
  #emitRank(from, utterance) {
    const to = this.selector.rank;
    this.#emit("rank", { from, to, reason: this.#reason(to, utterance) });
  }

  /**
   * @param {Rank} to
   * @param {Utterance | null} utterance
   */
  #reason(to, utterance) {
    if (!utterance) return this.#lastUtterance?.cancelled ? FALLBACK.cancelled : FALLBACK.finished;
    if (to === "neutral" && this.#options.supply === "stalled") return FALLBACK.stalled;
    return to === "server" ? FALLBACK.framesAvailable : utterance.reason;
  }

  /**
   * @param {Utterance} utterance
   * @param {number} elapsed ms
   * @param {number} now
   */
  #emitFrame(utterance, elapsed, now) {
    this.#lastUtterance = utterance;
    utterance.rankMs[this.selector.rank] += elapsed;
    this.#event.utterance = utterance.id;
    this.#event.time = this.time;
    this.#event.heard = utterance.sink.deviceTime?.(now) ?? Number.NaN;
    this.#event.rank = this.selector.rank;
    this.#emit("frame", this.#event);
  }
}

/**
 * Applies intensity and the gain of individual shapes in place.
 * @param {Float32Array} face full face
 * @param {Strength} strength
 */
function applyStrength(face, { intensity, gain }) {
  for (let i = 0; i < FACE_WIDTH; i++) {
    const own = gain?.[BLENDSHAPES[i]] ?? 1;
    const value = face[i] * (UNSCALED[i] ? own : own * intensity);
    face[i] = Math.min(1, Math.max(0, value));
  }
}
