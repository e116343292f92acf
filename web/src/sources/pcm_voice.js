/** @import { Audio2FaceClient, PcmStream } from "audio2face-client" */

/** Milliseconds without audio after which a sentence counts as complete. */
const PAUSE_MS = 500;

/** Plays the PCM of a service, one utterance per answer. What follows when the app has cancelled an answer is dropped. */
export class PcmVoice {
  #client;
  #sampleRate;
  #cutsAtPauses;
  /** An answer is being written. */
  #open = false;
  /** @type {PcmStream | null} */
  #speech = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Audio2FaceClient} client
   * @param {number} sampleRate Hertz
   * @param {{cutsAtPauses?: boolean}} [options] cutsAtPauses: an answer ends when nothing comes for half a second, for
   *   services that do not tell
   */
  constructor(client, sampleRate, { cutsAtPauses = false } = {}) {
    this.#client = client;
    this.#sampleRate = sampleRate;
    this.#cutsAtPauses = cutsAtPauses;
  }

  /** The latest utterance. @returns {PcmStream | null} */
  get speech() {
    return this.#speech;
  }

  /** @param {Int16Array | Uint8Array} pcm 16-bit samples, or their bytes */
  write(pcm) {
    if (!this.#open) this.#speech = this.#client.start({ sampleRate: this.#sampleRate });
    this.#open = true;
    this.#speech?.write(pcm);
    clearTimeout(this.#timer);
    if (this.#cutsAtPauses) this.#timer = setTimeout(() => this.end(), PAUSE_MS);
  }

  /** Tells that the answer is complete. */
  end() {
    clearTimeout(this.#timer);
    if (this.#open) this.#speech?.end();
    this.#open = false;
  }

  /** Stops playing, and drops what waits: the visitor interrupts. */
  cancel() {
    clearTimeout(this.#timer);
    this.#open = false;
    this.#client.cancel();
  }
}

/** @param {string} base64 @returns {Uint8Array<ArrayBuffer>} */
export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Decodes G.711 µ-law. @param {Uint8Array} bytes */
export function decodeMuLaw(bytes) {
  return Int16Array.from(bytes, (byte) => {
    const inverted = ~byte;
    const magnitude = ((((inverted & 15) << 3) + 132) << ((inverted >> 4) & 7)) - 132;
    return inverted & 128 ? -magnitude : magnitude;
  });
}
