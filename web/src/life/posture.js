import { Breath } from "./breath.js";
import { Nods } from "./nods.js";
import { Sway } from "./sway.js";

/** The neck's share of what the head does. */
const NECK = 0.4;
/** Degrees for a usual breath: the chest back, the head against it; without a chest the head back. */
const CHEST = 0.9;
const STEADY = 0.6;
const HEAD_BACK = 0.6;
const RADIANS = Math.PI / 180;

/** How head, neck and chest are held. */
export class Posture {
  /** Degrees that the head is turned to its left, and down, by all that is turned here. */
  yaw = 0;
  pitch = 0;
  #nods = new Nods();
  #breath;
  #sway;
  #awaited = false;

  /** @param {() => import("./chance.js").Chance} chance a new one at each call */
  constructor(chance) {
    this.#breath = new Breath(chance());
    this.#sway = new Sway(chance());
  }

  /** How stressed is what is said now, 0–1. */
  get stress() {
    return this.#nods.stress;
  }

  /**
   * @param {number} at seconds of life's clock
   * @param {number} elapsed seconds
   * @param {import("./life.js").Moment} moment
   */
  step(at, elapsed, { speech, time, awaited }) {
    if (awaited && !this.#awaited) this.#breath.gasp(at);
    this.#awaited = awaited;
    this.#nods.step(speech, time, elapsed);
    this.#sway.step(elapsed, speech !== null);
  }

  /**
   * @param {import("./body.js").Body} body
   * @param {number} at seconds of life's clock
   * @param {number} gain 0–1
   */
  hold({ head, neck, chest }, at, gain) {
    const full = gain * this.#breath.fullness(at);
    const yaw = gain * this.#sway.angle(0, at);
    const pitch = gain * (this.#sway.angle(1, at) + this.#nods.angle) + (chest ? STEADY : -HEAD_BACK) * full;
    const roll = gain * this.#sway.angle(2, at);
    const share = neck ? 1 - NECK : 1;
    chest?.to(-CHEST * full * RADIANS);
    neck?.to(NECK * pitch * RADIANS, NECK * yaw * RADIANS, NECK * roll * RADIANS);
    head?.to(share * pitch * RADIANS, share * yaw * RADIANS, share * roll * RADIANS);
    this.yaw = head ? yaw : 0;
    this.pitch = head ? pitch - (chest ? CHEST * full : 0) : 0;
  }
}
