import { Breath } from "./breath.js";
import { Nods } from "./nods.js";
import { Sway } from "./sway.js";

/**
 * @import { Loudness } from "../audio/loudness.js"
 * @import { HeadRig } from "./head_rig.js"
 * @import { SeededRandom } from "./random.js"
 */

/**
 * @typedef {object} IdleContext What the idle animation needs to know on each tick.
 * @property {{loudness: Loudness | null} | null} utterance the one being played
 * @property {number} time playback position in it, seconds
 * @property {boolean} awaited an utterance is about to start
 * @property {boolean} serverLeads the server's frames move eyes, lids and brows
 */

/** Share of the rotation taken by the neck. */
const NECK = 0.4;
/**
 * Degrees for a usual breath: the chest tilts back and the head compensates; without a chest the head tilts
 * back.
 */
const CHEST = 0.9;
const STEADY = 0.6;
const HEAD_BACK = 0.6;
const RADIANS = Math.PI / 180;

/** Pose of head, neck and chest. */
export class Posture {
  /** Total rotation of the head to its left, and down, in degrees. */
  yaw = 0;
  pitch = 0;
  #nods = new Nods();
  #breath;
  #sway;
  #awaited = false;

  /** @param {() => SeededRandom} random returns a new generator on each call */
  constructor(random) {
    this.#breath = new Breath(random());
    this.#sway = new Sway(random());
  }

  /** How stressed the current speech is, 0–1. */
  get stress() {
    return this.#nods.stress;
  }

  /**
   * @param {number} at seconds on the clock of the idle animation
   * @param {number} elapsed seconds
   * @param {IdleContext} context
   */
  update(at, elapsed, { utterance, time, awaited }) {
    if (awaited && !this.#awaited) this.#breath.inhale(at);
    this.#awaited = awaited;
    this.#nods.update(utterance, time, elapsed);
    this.#sway.update(elapsed, utterance !== null);
  }

  /**
   * @param {HeadRig} body
   * @param {number} at seconds on the clock of the idle animation
   * @param {number} gain 0–1
   */
  apply({ head, neck, chest }, at, gain) {
    const full = gain * this.#breath.fullness(at);
    const yaw = gain * this.#sway.angle(0, at);
    const pitch = gain * (this.#sway.angle(1, at) + this.#nods.angle) + (chest ? STEADY : -HEAD_BACK) * full;
    const roll = gain * this.#sway.angle(2, at);
    const share = neck ? 1 - NECK : 1;
    chest?.set(-CHEST * full * RADIANS);
    neck?.set(NECK * pitch * RADIANS, NECK * yaw * RADIANS, NECK * roll * RADIANS);
    head?.set(share * pitch * RADIANS, share * yaw * RADIANS, share * roll * RADIANS);
    this.yaw = head ? yaw : 0;
    this.pitch = head ? pitch - (chest ? CHEST * full : 0) : 0;
  }
}
