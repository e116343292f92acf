import { Loudness } from "../audio/loudness.js";
import { errorEvent } from "../errors.js";
import { FALLBACK } from "../fallback.js";
import { FrameTrack } from "../frame_track.js";
import { VisemeSource } from "../visemes/source.js";

/**
 * @import { FallbackReason } from "../fallback.js"
 * @import { ServerUtterance } from "../connection/server_utterance.js"
 * @import { A2FError, ErrorCode } from "../errors.js"
 * @import { AudioSink, Events, Outcome, Rank, Source } from "../types.js"
 */

/** How much of the past an endless utterance keeps, in seconds. */
const KEEP_S = 10;

/** With so many seconds of frames in hand sound begins: fewer, and the first delay would be seen. */
const HEAD_START_S = 0.1;

/**
 * @typedef {object} UtteranceHooks
 * @property {(event: keyof Events, payload: any) => void} emit
 * @property {(speech: Utterance) => void} onChange it may begin, or it is over
 * @property {() => number} now ms
 *
 * @typedef {object} UtteranceRecorder Records the utterance as a take.
 * @property {{known: number}} take the take so far; known: seconds recorded
 * @property {(planes: Float32Array[]) => void} addAudio
 * @property {(viseme: {time: number, id: number}) => void} onViseme
 * @property {(word: {time: number, duration: number, text: string}) => void} onWord
 * @property {(time: number) => void} recordUntil seconds
 * @property {(duration: number) => void} finish seconds
 *
 * @typedef {object} UtteranceUplink What brings it to the server.
 * @property {() => void} open
 * @property {(newest: boolean) => void} close
 * @property {(emotions: Record<string, number>) => void} setEmotions
 * @property {ServerUtterance | null} serverUtterance
 */

/**
 * One utterance inside the client: its sound, what is known of the face, and where both stand. It implements
 * what an uplink reports to, and hands the ladder its sources.
 */
export class Utterance {
  /** @type {Source[]} best first */
  sources = [];
  visemes = new VisemeSource();
  /** @type {Loudness | null} */
  loudness = null;
  /** @type {UtteranceUplink | null} */
  uplink = null;
  /** Where it is to be kept. @type {UtteranceRecorder | null} */
  recorder = null;
  /** No more PCM will be written. */
  inputEnded = false;
  playing = false;
  /** There is sound to hear. */
  audible = false;
  /** Nothing is worth waiting for any more: it may begin when it is its turn. */
  ready = false;
  cancelled = false;
  duration = 0;
  /** Why there are no server frames just now. */
  reason = /** @type {FallbackReason | ErrorCode} */ (FALLBACK.waiting);
  counters = { frames: 0, lateFrames: 0, firstFrameMs: /** @type {number | null} */ (null) };
  /** Milliseconds that each rank carried. */
  rankMs = { neutral: 0, loudness: 0, viseme: 0, server: 0 };
  #hooks;
  #startedAt;
  #track = /** @type {FrameTrack | null} */ (null);
  #processing = false;
  /** @type {A2FError | null} */
  #failure = null;
  /** @type {(outcome: Outcome) => void} */
  #resolve = () => {};
  /** @type {(error: Error) => void} */
  #reject = () => {};

  /**
   * @param {number} id
   * @param {AudioSink} sink
   * @param {UtteranceHooks} hooks
   */
  constructor(id, sink, hooks) {
    this.id = id;
    this.sink = sink;
    this.#hooks = hooks;
    this.#startedAt = hooks.now();
    this.sources = [this.visemes];
    /** @type {Promise<Outcome>} */
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Who streams may never look at `done`; the error event tells them.
    this.done.catch(() => {});
  }

  /** @param {UtteranceUplink} uplink */
  send(uplink) {
    this.uplink = uplink;
    this.#setProcessing(true);
    uplink.open();
  }

  /** @param {Loudness} loudness */
  setLoudness(loudness) {
    this.loudness = loudness;
    this.visemes.level = (time) => loudness.level(time);
    this.sources = [...this.sources.filter((source) => source.rank !== "loudness"), loudness];
  }

  /** There is sound, so from now on waiting is felt. */
  markAudible() {
    if (this.audible) return;
    this.audible = true;
    this.#hooks.onChange(this);
  }

  markReady() {
    if (this.ready) return;
    this.ready = true;
    this.#hooks.onChange(this);
  }

  /** @param {number} sampleRate of what the server will say, Hertz */
  onAudioFormat(sampleRate) {
    this.sink.setSampleRate?.(sampleRate);
    this.setLoudness(new Loudness(sampleRate));
  }

  /** More of the sound. @param {Float32Array[]} planes one array a channel */
  addAudio(planes) {
    this.loudness?.push(planes);
    this.recorder?.addAudio(planes);
    this.sink.write?.(planes);
    this.trim();
    this.markAudible();
  }

  /** @param {number} duration seconds of sound in all */
  finishAudio(duration) {
    this.inputEnded = true;
    this.duration = duration;
    this.loudness?.finish();
    this.visemes.finish(duration);
    this.sink.finish?.(duration);
    if (duration > 0) return;
    this.markReady();
    this.markAudible();
  }

  /** Nothing of it will be heard. @param {A2FError} error */
  abort(error) {
    this.#failure = error;
    this.#hooks.onChange(this);
  }

  /**
   * @param {number} time seconds
   * @param {number} id Azure viseme, 0–21
   */
  onViseme(time, id) {
    this.visemes.add(time, id);
    this.recorder?.onViseme({ time, id });
    this.#hooks.emit("viseme", { utterance: this.id, time, id });
  }

  /**
   * @param {number} time seconds
   * @param {number} duration seconds
   * @param {string} text
   */
  onWord(time, duration, text) {
    this.recorder?.onWord({ time, duration, text });
    this.#hooks.emit("word", { utterance: this.id, time, duration, text });
  }

  play() {
    this.playing = true;
    this.sink.start();
    if (this.recorder) this.#hooks.emit("take", { take: this.recorder.take });
  }

  /** @param {number} now ms */
  isOver(now) {
    return this.cancelled || this.#failure !== null || (this.playing && this.sink.isOver(now));
  }

  /** @returns {Rank} that carried most of it */
  get rank() {
    const ranks = /** @type {Rank[]} */ (Object.keys(this.rankMs));
    return ranks.reduce((best, rank) => (this.rankMs[rank] > this.rankMs[best] ? rank : best));
  }

  /** @param {boolean} newest whether no later utterance has been sent */
  close(newest) {
    this.uplink?.close(newest);
    this.inputEnded = true;
    this.#finishTake();
    this.#setProcessing(false);
    const { id: utterance, duration, rank, cancelled } = this;
    const outcome = { utterance, frames: this.counters.frames, duration, rank, cancelled };
    this.#hooks.emit("end", outcome);
    const failure = this.#failure ?? this.sink.failure;
    if (failure) this.fail(failure);
    else this.#resolve(outcome);
  }

  /**
   * It cannot be heard, or not be read.
   * @param {A2FError} error
   */
  fail(error) {
    this.#report(error);
    this.#reject(error);
  }

  /** Writes down what has been heard. */
  updateTake() {
    if (this.playing) this.recorder?.recordUntil(this.position());
  }

  /** An endless utterance forgets its past, where nobody can seek back to it. */
  trim() {
    if (!this.sink.forwardOnly) return;
    this.updateTake();
    const before = this.position() - KEEP_S;
    this.#track?.trim(before);
    this.loudness?.trim(before);
    this.visemes.trim(before);
  }

  position() {
    return this.playing ? this.sink.time(this.#hooks.now()) : 0;
  }

  trailingSilence() {
    return this.loudness?.trailingSilence ?? 0;
  }

  /**
   * @param {number} fps
   * @param {number} lookahead seconds
   */
  onStarted(fps, lookahead) {
    this.reason = FALLBACK.waiting;
    if (this.#track) return;
    this.#addTrack(fps);
    this.sink.expectLookahead?.(lookahead);
    this.#hooks.emit("started", { utterance: this.id, fps, lookahead });
  }

  /** @param {number} frame */
  onSplice(frame) {
    this.#track?.splice(frame);
  }

  /**
   * @param {number} first
   * @param {ArrayLike<number>} values
   * @param {ArrayLike<number>} columns
   * @param {number} scale
   */
  onFrames(first, values, columns, scale) {
    const track = this.#track;
    if (!track || this.cancelled) return;
    const count = values.length / columns.length;
    this.#countFrames(first, count, track);
    track.put(first, values, columns, scale);
    this.reason = FALLBACK.late;
    if (track.ahead(0) >= HEAD_START_S) this.markReady();
  }

  /** @param {number} duration seconds of the last segment */
  onEnd(duration) {
    this.duration ||= duration;
    this.#track?.finish();
    this.#setProcessing(false);
    this.markReady();
  }

  /** @param {FallbackReason} reason */
  onInterruption(reason) {
    this.reason = reason;
    this.markReady();
  }

  /** @param {A2FError} error */
  onFailure(error) {
    this.reason = error.code;
    this.#setProcessing(false);
    this.#report(error);
    this.markReady();
  }

  #finishTake() {
    if (!this.recorder || !this.playing) return;
    const broken = this.cancelled || this.#failure || this.sink.failure;
    const complete = !broken && this.duration > 0;
    this.recorder.finish(complete ? this.duration : this.#takeEnd(this.recorder.take.known));
    this.#hooks.emit("take", { take: this.recorder.take });
  }

  /**
   * Where a take ends that broke off: what nobody heard is only kept where it can still be played.
   * @param {number} known seconds of the face
   */
  #takeEnd(known) {
    const position = this.position();
    const kept = this.sink.forwardOnly ? position : Math.max(position, known);
    return Math.min(kept, this.duration || kept);
  }

  /** @param {A2FError} error */
  #report(error) {
    this.#hooks.emit("error", { ...errorEvent(error), utterance: this.id });
  }

  /** @param {number} fps */
  #addTrack(fps) {
    const track = new FrameTrack(fps);
    this.#track = track;
    /** @type {Source} */
    const server = {
      rank: "server",
      ahead: (time) => track.ahead(time),
      sample: (time, out, smoothing) => track.sample(time, out, smoothing),
    };
    this.sources = [server, ...this.sources];
  }

  /**
   * @param {number} first
   * @param {number} count
   * @param {FrameTrack} track
   */
  #countFrames(first, count, track) {
    const now = this.#hooks.now();
    const position = this.position();
    if (track.end > 0) this.sink.observeFrames?.((track.end - 1) / track.fps, now);
    this.counters.frames += count;
    this.counters.firstFrameMs ??= now - this.#startedAt;
    for (let frame = first; frame < first + count && frame / track.fps < position; frame++) {
      this.counters.lateFrames++;
    }
  }

  /** @param {boolean} processing */
  #setProcessing(processing) {
    if (processing === this.#processing) return;
    this.#processing = processing;
    this.#hooks.emit("processing", { processing, utterance: this.id });
  }
}
