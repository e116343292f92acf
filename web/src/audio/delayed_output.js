/** Seconds; the face is never that far behind. */
const LONGEST_DELAY_S = 2;
/** Seconds in which about two thirds of a change are made: slow enough that the pitch does not audibly change. */
const ADAPTATION_S = 0.5;
/** Seconds; smaller changes are not followed. */
const SMALLEST_CHANGE_S = 0.01;

/** Plays live audio as late as the face that follows it, so that both are in sync. */
export class DelayedOutput {
  #context;
  #node;
  #delay;

  /**
   * @param {AudioContext} context
   * @param {number} delay seconds
   */
  constructor(context, delay) {
    this.#context = context;
    this.#delay = delay;
    this.#node = context.createDelay(LONGEST_DELAY_S);
    this.#node.delayTime.value = delay;
    this.#node.connect(context.destination);
  }

  /** The node that sources are connected to. @returns {AudioNode} */
  get node() {
    return this.#node;
  }

  /** @param {number} delay of the face, seconds */
  follow(delay) {
    if (Math.abs(delay - this.#delay) < SMALLEST_CHANGE_S) return;
    this.#delay = delay;
    this.#node.delayTime.setTargetAtTime(delay, this.#context.currentTime, ADAPTATION_S);
  }

  stop() {
    this.#node.disconnect();
  }
}
