/** Playback should never come closer than this to the end of the audio, seconds. */
const MARGIN_S = 0.02;
/** The most that the adaptive buffer grows to, seconds. */
const LONGEST_S = 1.5;
/** A gap of this many seconds is a pause of the source, such as between two sentences, and no jitter. */
const PAUSE_S = 1;
/** The adaptive buffer shrinks by this many seconds per second of audio. */
const FORGET = 0.01;
/** Most audio for which playback waits after an underrun, seconds: a long wait would only add to the silence. */
const RESUME_S = 0.2;

/**
 * Decides how much audio must have arrived before playback starts, so that a source with uneven delivery does not
 * cause underruns. Shared by consecutive utterances of one kind of source, as the adaptive size is learnt from them:
 * it grows at once and shrinks slowly.
 */
export class JitterBuffer {
  #setting;
  #learnt = 0;

  /** @param {() => number | "adaptive"} setting seconds, or "adaptive" */
  constructor(setting) {
    this.#setting = setting;
  }

  /** Seconds of audio needed to start. */
  get start() {
    const setting = this.#setting();
    return setting === "adaptive" ? this.#learnt : setting;
  }

  /** Seconds of audio needed to resume after an underrun. */
  get resume() {
    const setting = this.#setting();
    return setting === "adaptive" ? Math.min(this.#learnt, RESUME_S) : setting;
  }

  /**
   * Learns from a piece of audio that arrived during playback.
   * @param {number} late how long before its arrival the audio had run out, seconds; negative: it was in time
   * @param {number} head seconds of audio with which playback had started
   * @param {number} length of the piece, seconds
   */
  observe(late, head, length) {
    this.#learnt = Math.max(0, this.#learnt - FORGET * length);
    if (late < -MARGIN_S || late > PAUSE_S) return;
    this.#learnt = Math.max(this.#learnt, Math.min(LONGEST_S, head + late + MARGIN_S));
  }
}
