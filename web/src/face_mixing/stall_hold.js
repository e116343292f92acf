/** @import { Supply } from "../types.js" */

/** How long the mouth is held when the audio stalls, before it relaxes. */
const HOLD_MS = 150;
/** How long it is held while there is still sound: long enough for what a look-ahead of 113 ms lacks before a stall. */
const HOLD_IN_SOUND_MS = 100;

/**
 * Decides what the face does when audio stops coming in the middle of an utterance. Without new audio the server's
 * frames end first, then visemes, then loudness. The face does not run through all of them: it holds still for a
 * moment, in case more arrives, and then relaxes.
 */
export class StallHold {
  #since = Number.NaN;

  /**
   * @param {Supply} supply
   * @param {boolean} worse whether the source that is shown has run out of data
   * @param {number} now ms
   * @returns {"follow" | "hold" | "rest"} follow: show the best source
   */
  decide(supply, worse, now) {
    const waits = supply === "stalled" || (supply === "low" && worse);
    if (!waits) {
      this.reset();
      return "follow";
    }
    if (Number.isNaN(this.#since)) this.#since = now;
    const held = now - this.#since;
    if (supply === "stalled") return held < HOLD_MS ? "hold" : "rest";
    return held < HOLD_IN_SOUND_MS ? "hold" : "follow";
  }

  reset() {
    this.#since = Number.NaN;
  }
}
