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

/** Seconds in which the idle animation fades in and out. */
const FADE_S = 0.4;
/** Time constant with which its own gaze yields to server frames and returns. */
const OWN_TAU_S = 0.05;
/** Upper limit of a tick, so that a tab that was hidden does not jump. */
const LONGEST_TICK_S = 0.1;
/** Brows that rise on a strong stress, and their maximum weight. */
const BROWS = /** @type {const} */ ([
  [shapeIndex("browInnerUp"), 0.22],
  [shapeIndex("browOuterUpLeft"), 0.15],
  [shapeIndex("browOuterUpRight"), 0.15],
]);
const LIDS = ["Left", "Right"].map((side) => [shapeIndex(`eyeBlink${side}`), shapeIndex(`eyeWide${side}`)]);
const SHUT = 0.5;
/**
 * Probability of a blink with a gaze shift and at the end of speech, and the delay of the latter in seconds.
 */
const WITH_SHIFT = 0.6;
const AT_END = 0.6;
const AT_END_S = [0.1, 0.5];

/**
 * Animates the face without input: blinks, breathing, eye movements, eye contact, slight head movement, and
 * nods on stressed words. It is determined by the seed, the clock and the audio. It does nothing if the
 * visitor prefers reduced motion.
 */
export class IdleAnimation {
  #on = false;
  #gain = 0;
  #time = 0;
  #last = Number.NaN;
  /** Weight of its own gaze against that of server frames, 0–1. */
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
   * @param {() => void} [onWake] called when there is something to show again
   */
  constructor(platform, seed, onWake = () => {}) {
    this.#random = new SeededRandom(seed);
    const own = () => new SeededRandom(Math.floor(this.#random.next() * 2 ** 32));
    this.#blink = new Blink(own());
    this.#saccades = new Saccades(own());
    this.#posture = new Posture(own);
    this.#reducedMotion = new ReducedMotion(platform, onWake);
  }

  /** True if it moves anything now or is about to. */
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

  /** @param {unknown} target target of `initializeWithScene` */
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
    // Eyes come last, because they compensate for the head.
    if (!this.#gaze.lookAt(this.#rig, this.#camera))
      this.#gaze.lookAhead(this.#posture.yaw, this.#posture.pitch);
  }

  /**
   * Adds lids, gaze and brows to a face. Blinks in server frames are taken into account.
   * @param {Float32Array} face its first 52 weights are ARKit's, 0–1
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

  /** Stops permanently and releases the bones. */
  dispose() {
    this.#reducedMotion.dispose();
    this.#on = false;
    this.#gain = 0;
    this.#rig.release();
  }

  /** Advances the clock and the fade. @param {number} now ms @returns {number} elapsed seconds, limited */
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
   * Decides when to blink.
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
 * Closes a lid and reduces eyeWide accordingly.
 * @param {Float32Array} face
 * @param {number} lid index of the blink shape
 * @param {number} wide index of the eyeWide shape
 * @param {number} share 0–1
 */
function close(face, lid, wide, share) {
  face[lid] = Math.max(face[lid], share);
  face[wide] *= 1 - share;
}
