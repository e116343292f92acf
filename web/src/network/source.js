import { FrameTrack } from "../frame_track.js";

/**
 * @import { A2FError } from "../errors.js"
 * @import { Source } from "../types.js"
 * @import { NetworkInfo, SharedNetwork } from "./shared_network.js"
 */

/** Seconds of audio before the playback position that are kept; the network looks back 0.96 s. */
const KEEP_S = 2;
/** Milliseconds after which a network that nobody asks for frames rests. */
const UNUSED_MS = 2000;

/**
 * @typedef {object} NetworkHooks
 * @property {() => number} position playback position, seconds
 * @property {() => number} now ms
 * @property {(lookahead: number) => void} onStarted seconds
 * @property {(newest: number) => void} onFrames time of the newest frame before these, seconds; −Infinity if there was none
 * @property {(error: A2FError) => void} onUnavailable
 */

/**
 * Animation by the network in the page. While better sources have frames it only keeps the audio: it starts when it is
 * asked for frames, with the last two seconds, and rests when it is no longer asked.
 * @implements {Source}
 */
export class NetworkSource {
  rank = /** @type {const} */ ("network");
  #network;
  #hooks;
  #alone;
  #track = new FrameTrack(50);
  /** @type {ReturnType<SharedNetwork["open"]> | null} */
  #voice = null;
  #sampleRate = 0;
  /** @type {{start: number, samples: Float32Array}[]} */
  #kept = [];
  /** Samples so far. */
  #end = 0;
  #finished = false;
  #closed = false;
  #starting = false;
  #prepared = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param {SharedNetwork} network
   * @param {NetworkHooks} hooks
   * @param {boolean} alone there is no better source: it starts with the first audio
   */
  constructor(network, hooks, alone) {
    this.#network = network;
    this.#hooks = hooks;
    this.#alone = alone;
  }

  /** @param {number} sampleRate Hertz */
  setSampleRate(sampleRate) {
    this.#sampleRate = sampleRate;
  }

  /** Adds audio. @param {readonly Float32Array[]} planes one array per channel */
  push(planes) {
    if (this.#closed) return;
    const samples = monoOf(planes);
    if (!this.#voice || !this.#alone) this.#keep(samples);
    this.#end += samples.length;
    if (this.#voice) this.#voice.write(samples.slice());
    else if (this.#alone) this.#start();
    else this.#prepare();
    if (this.#voice && !this.#alone && this.#hooks.now() - this.#askedAt > UNUSED_MS) this.#rest();
  }

  /** No more audio follows. */
  finish() {
    this.#finished = true;
    this.#voice?.end();
  }

  close() {
    this.#closed = true;
    this.#rest();
    this.#kept = [];
  }

  /** @param {number} time seconds */
  trim(time) {
    this.#track.trim(time);
  }

  /**
   * Returns the seconds of frames after an instant. Only asked if no better source has any, so the network starts.
   * @param {number} time seconds
   */
  ahead(time) {
    this.wake(time);
    return this.#track.ahead(time);
  }

  /** Starts the network: better sources will have nothing from this instant on. @param {number} time seconds */
  wake(time) {
    this.#askedAt = this.#hooks.now();
    const isOver = this.#finished && time * this.#sampleRate >= this.#end;
    if (!this.#voice && !isOver) this.#start();
  }

  /**
   * @param {number} time seconds
   * @param {Float32Array} out
   * @param {number} smoothing
   */
  sample(time, out, smoothing) {
    this.#track.sample(time, out, smoothing);
  }

  /** Seconds of frames from the beginning of the utterance. */
  get inHand() {
    return this.#track.ahead(0);
  }

  /** Loads the network while the server animates, so that it is ready when the server is lost. */
  #prepare() {
    if (this.#prepared) return;
    this.#prepared = true;
    this.#network.load().catch((error) => this.#hooks.onUnavailable(error));
  }

  #start() {
    if (this.#starting || this.#closed || this.#end === 0) return;
    if (this.#network.info) return this.#open(this.#network.info);
    this.#starting = true;
    this.#network
      .load()
      .then((info) => !this.#closed && this.#open(info))
      .catch((error) => this.#hooks.onUnavailable(error))
      .finally(() => {
        this.#starting = false;
      });
  }

  /** Starts a voice with the audio that is kept. @param {NetworkInfo} info */
  #open({ stepRate, lead, columns }) {
    const needed = Math.floor((this.#hooks.position() - KEEP_S) * this.#sampleRate);
    const first = Math.max(needed, this.#kept[0]?.start ?? this.#end);
    const step = first === 0 ? 0 : Math.ceil((first * stepRate) / this.#sampleRate);
    const track = new FrameTrack(stepRate);
    this.#track = track;
    this.#voice = this.#network.open(
      this.#sampleRate,
      { step, sample: first },
      {
        onFrames: (frame, weights) => {
          const newest = track.end === 0 ? Number.NEGATIVE_INFINITY : (track.end - 1) / stepRate;
          track.put(frame, weights, columns);
          this.#hooks.onFrames(newest);
        },
        onEnd: () => {
          const newest = (track.end - 1) / stepRate;
          track.finish();
          this.#hooks.onFrames(newest);
        },
      },
    );
    this.#hooks.onStarted((lead + 1) / stepRate);
    for (const { start, samples } of this.#kept)
      if (start + samples.length > first) this.#voice.write(samples.slice(Math.max(0, first - start)));
    if (this.#alone) this.#kept = [];
    if (this.#finished) this.#voice.end();
  }

  #rest() {
    this.#voice?.close();
    this.#voice = null;
  }

  /** @param {Float32Array} samples */
  #keep(samples) {
    this.#kept.push({ start: this.#end, samples });
    const before = (this.#hooks.position() - KEEP_S) * this.#sampleRate;
    let drop = 0;
    while (drop < this.#kept.length - 1 && this.#kept[drop + 1].start <= before) drop++;
    // Many at a time, because it moves the list.
    if (drop > 50) this.#kept.splice(0, drop);
  }
}

/** @param {readonly Float32Array[]} planes */
function monoOf(planes) {
  const [left, right] = planes;
  return right ? left.map((sample, i) => (sample + right[i]) / 2) : left;
}
