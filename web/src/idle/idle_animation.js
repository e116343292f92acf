import { shapeIndex } from "../arkit.js";
import { Blink } from "./blink.js";
import { CameraGaze, turnEyes } from "./camera_gaze.js";
import { decay } from "./ease.js";
import { HeadRig } from "./head_rig.js";
import { Posture } from "./posture.js";
import { SeededRandom } from "./random.js";
import { ReducedMotion } from "./reduced_motion.js";
import { Saccades } from "./saccades.js";

/**
 * @import { Settings } from "../types.js"
 * @import { IdleContext } from "./posture.js"
 */

/** Life comes and goes in so many seconds. */
const FADE_S = 0.4;
/** Own looks give way to the server's, and come back, in about as long as its frames do. */
const OWN_TAU_S = 0.05;
/** No tick counts for more, or a tab that was hidden would leap. */
const LONGEST_TICK_S = 0.1;
/** Brows rise with a strong stress, up to these. */
const BROWS = /** @type {const} */ ([
  [shapeIndex("browInnerUp"), 0.22],
  [shapeIndex("browOuterUpLeft"), 0.15],
  [shapeIndex("browOuterUpRight"), 0.15],
]);
const LIDS = ["Left", "Right"].map((side) => [shapeIndex(`eyeBlink${side}`), shapeIndex(`eyeWide${side}`)]);
const SHUT = 0.5;
/** How often a shift of the gaze, and the end of what is said, come with a blink; how soon after that end. */
const WITH_SHIFT = 0.6;
const AT_END = 0.6;
const AT_END_S = [0.1, 0.5];

/**
 * What a face does without being told: it blinks, breathes, looks about and at the camera, is never quite still, and
 * nods with what it stresses. Everything follows from the seed, the clock and what is said; nothing moves where the
 * visitor asked for less motion.
 */
export class IdleAnimation {
  #on = false;
  #gain = 0;
  #time = 0;
  #last = Number.NaN;
  /** How far the looks are its own, 0–1. */
  #ownGaze = 1;
  #spoke = false;
  #shiftedAt = Number.NEGATIVE_INFINITY;
  /** @type {{matrixWorld: {elements: ArrayLike<number>}} | null} */
  #camera = null;
  #movesHead = true;
  /** @type {unknown} */
  #target = null;
  #rig = new HeadRig(null);
  #gaze = new CameraGaze();
  #random;
  #blink;
  #saccades;
  #posture;
  #reducedMotion;

  /**
   * @param {{matchMedia?: typeof matchMedia}} platform
   * @param {number} seed uint32
   * @param {() => void} [onWake] there is something to show again
   */
  constructor(platform, seed, onWake = () => {}) {
    this.#random = new SeededRandom(seed);
    const own = () => new SeededRandom(Math.floor(this.#random.next() * 2 ** 32));
    this.#blink = new Blink(own());
    this.#saccades = new Saccades(own());
    this.#posture = new Posture(own);
    this.#reducedMotion = new ReducedMotion(platform, onWake);
  }

  /** Whether it moves anything, or is about to. */
  get active() {
    return this.#moves || this.#gain > 0;
  }

  get #moves() {
    return this.#on && !this.#reducedMotion.requested;
  }

  /** @param {Settings["life"]} setting */
  configure(setting) {
    const { camera = null, head = true } = typeof setting === "object" ? setting : {};
    this.#on = setting !== false;
    this.#camera = camera;
    if (head === this.#movesHead) return;
    this.#movesHead = head;
    this.bind(this.#target);
  }

  /** @param {unknown} target what the client is given to move */
  bind(target) {
    this.#rig.release();
    this.#target = target;
    this.#rig = new HeadRig(this.#movesHead ? target : null);
  }

  /**
   * @param {number} now ms
   * @param {IdleContext} context
   */
  update(now, context) {
    const { utterance, awaited, serverLeads } = context;
    const elapsed = this.#advance(now);
    if (!this.active) return;
    const speaking = utterance !== null;
    const wanted = serverLeads ? 0 : 1;
    this.#ownGaze = wanted + (this.#ownGaze - wanted) * decay(elapsed, OWN_TAU_S);
    this.#posture.update(this.#time, elapsed, context);
    this.#saccades.update(this.#time, speaking ? "speaking" : awaited ? "thinking" : "listening");
    this.#updateBlink(speaking, serverLeads);
    this.#posture.apply(this.#rig, this.#time, this.#gain);
    // Eyes come last: they turn against the head.
    if (!this.#gaze.lookAt(this.#rig, this.#camera))
      this.#gaze.lookAhead(this.#posture.yaw, this.#posture.pitch);
  }

  /**
   * Puts lids, gaze and brows on a face, and the lids of a face that the server leads it learns from.
   * @param {Float32Array} face whose first 52 are ARKit's, 0–1
   */
  apply(face) {
    if (this.#gain === 0) return;
    const gain = this.#gain;
    const lid = this.#blink.lid(this.#time);
    if (lid === 0 && face[LIDS[0][0]] > SHUT) this.#blink.sawBlink(this.#time);
    for (let i = 0; i < 2; i++) close(face, LIDS[i][0], LIDS[i][1], lid * gain);
    const own = this.#ownGaze;
    const left = this.#gaze.left + own * this.#saccades.left;
    turnEyes(face, gain * left, gain * (this.#gaze.up + own * this.#saccades.up));
    const stress = gain * own * this.#posture.stress ** 2;
    for (let i = 0; i < BROWS.length; i++) {
      const [brow, most] = BROWS[i];
      face[brow] = Math.min(1, face[brow] + most * stress);
    }
  }

  /** Everything stands still, at once and for good. */
  dispose() {
    this.#reducedMotion.dispose();
    this.#on = false;
    this.#gain = 0;
    this.#rig.release();
  }

  /** @param {number} now ms @returns {number} seconds that count */
  #advance(now) {
    const elapsed = Math.min(LONGEST_TICK_S, Math.max(0, (now - this.#last) / 1000 || 0));
    this.#last = now;
    if (this.active) this.#time += elapsed;
    const before = this.#gain;
    const update = this.#moves ? elapsed / FADE_S : -elapsed / FADE_S;
    this.#gain = Math.min(1, Math.max(0, before + update));
    if (before > 0 && this.#gain === 0) this.#rig.release();
    return elapsed;
  }

  /**
   * When to blink.
   * @param {boolean} speaking
   * @param {boolean} serverLeads
   */
  #updateBlink(speaking, serverLeads) {
    const { shiftedAt } = this.#saccades;
    if (shiftedAt !== this.#shiftedAt && this.#random.chance(WITH_SHIFT)) this.#blink.request(shiftedAt);
    this.#shiftedAt = shiftedAt;
    if (this.#spoke && !speaking && this.#random.chance(AT_END))
      this.#blink.request(this.#time + this.#random.between(AT_END_S[0], AT_END_S[1]));
    this.#spoke = speaking;
    this.#blink.update(this.#time, serverLeads);
  }
}

/**
 * Closes a lid: a wide eye is none while it is shut.
 * @param {Float32Array} face
 * @param {number} lid its index
 * @param {number} wide the index of what holds it open
 * @param {number} share 0–1
 */
function close(face, lid, wide, share) {
  face[lid] = Math.max(face[lid], share);
  face[wide] *= 1 - share;
}
