import { Loudness } from "../audio/loudness.js";
import { A2FError, errorEvent } from "../errors.js";
import { FALLBACK } from "../fallback.js";
import { AnimationSources } from "./animation_sources.js";
import { Bookmarks } from "./bookmarks.js";
import { SpokenWords } from "./spoken_words.js";

/**
 * @import { ErrorCode } from "../errors.js"
 * @import { FallbackReason } from "../fallback.js"
 * @import { FrameTrack } from "../frame_track.js"
 * @import { AudioSink, Events, Outcome, Rank } from "../types.js"
 * @import { AudioFile } from "./audio_file.js"
 */

/** Seconds of the past that an endless utterance keeps. */
const KEEP_S = 10;

/** Playback starts with this many seconds of frames in hand; with fewer, the first delay would be visible. */
const HEAD_START_S = 0.1;

/**
 * @typedef {object} UtteranceHooks
 * @property {(event: keyof Events, payload: any) => void} emit
 * @property {(speech: Utterance) => void} onChange it may start, or it is over
 * @property {() => number} now ms
 *
 * @typedef {object} UtteranceRecorder Records the utterance as a take.
 * @property {unknown} take recording so far
 * @property {(planes: Float32Array[]) => void} addAudio
 * @property {(viseme: {time: number, id: number, phonemes?: string}) => void} onViseme
 * @property {(word: {time: number, duration: number, text: string}) => void} onWord
 * @property {(time: number) => void} recordUntil seconds
 * @property {(complete: boolean) => void} finish complete: the utterance was played to its end
 *
 * @typedef {object} UtteranceUplink Sends the utterance to the server.
 * @property {() => void} open
 * @property {(newest: boolean) => void} close
 * @property {(emotions: Record<string, number>) => void} setEmotions
 */

/**
 * State of one utterance: its audio, its sources of animation and their progress. Receives the results of an
 * uplink and provides sources to the SourceSelector.
 */
export class Utterance {
  sources = new AnimationSources();
  /** The audio file that is played, if it is one. @type {AudioFile | null} */
  file = null;
  /** @type {UtteranceUplink | null} */
  uplink = null;
  /** Set if the utterance is recorded. @type {UtteranceRecorder | null} */
  recorder = null;
  /** No more PCM will be written. */
  inputEnded = false;
  playing = false;
  /** There is audio to play. */
  audible = false;
  /** May start when it is first in the queue. */
  ready = false;
  cancelled = false;
  /** Over: nothing is accepted any more. */
  closed = false;
  duration = 0;
  /** Why there are no server frames at the moment. */
  reason = /** @type {FallbackReason | ErrorCode} */ (FALLBACK.waiting);
  /** The server's warning about the audio. @type {string | null} */
  warning = null;
  counters = { frames: 0, lateFrames: 0, firstFrameMs: /** @type {number | null} */ (null) };
  /** Milliseconds for which each source was used. */
  rankMs = { neutral: 0, loudness: 0, viseme: 0, network: 0, server: 0 };
  #hooks;
  #words = new SpokenWords();
  #bookmarks = new Bookmarks();
  #startedAt;
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
    /** @type {Promise<Outcome>} */
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Apps that stream may ignore `done`; they learn of failures from the error event.
    this.done.catch(() => {});
  }

  /** Null until the sample rate of the audio is known. */
  get loudness() {
    return this.sources.loudness;
  }

  /** @param {UtteranceUplink} uplink */
  send(uplink) {
    this.uplink = uplink;
    this.#setProcessing(true);
    uplink.open();
  }

  /** The client was told to use no server. */
  onNoServer() {
    this.reason = FALLBACK.noServer;
    // Otherwise the first frames of the network tell.
    if (!this.sources.network) this.markReady();
  }

  /** The network cannot be used: there is nothing to wait for. */
  onNetworkUnavailable() {
    if (this.reason === FALLBACK.noServer) this.markReady();
  }

  /** @param {number} newest time of the newest frame of the network before those that have arrived, seconds */
  onNetworkFrames(newest) {
    const { frames, network } = this.sources;
    const server = frames && frames.end > 0 ? (frames.end - 1) / frames.fps : 0;
    if (newest > server) this.sink.observeFrames?.(newest, this.#hooks.now());
    if (this.reason === FALLBACK.noServer && network && network.inHand >= HEAD_START_S) this.markReady();
  }

  /** Marks that there is audio to play, so that a delay is now audible. */
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

  /** Sets the sample rate of synthesised speech. @param {number} sampleRate Hertz */
  onAudioFormat(sampleRate) {
    this.sink.setSampleRate?.(sampleRate);
    this.sources.addLoudness(new Loudness(sampleRate));
  }

  /** Adds audio. @param {Float32Array[]} planes one array per channel */
  addAudio(planes) {
    this.sources.addAudio(planes);
    this.recorder?.addAudio(planes);
    this.sink.write?.(planes);
    this.trim();
    if (this.playing) return;
    this.audible = true;
    this.#hooks.onChange(this);
  }

  /** Marks the end of the audio. @param {number} duration total seconds */
  finishAudio(duration) {
    this.inputEnded = true;
    this.duration = duration;
    this.sources.finishAudio();
    const { visemes } = this.sources;
    if (!visemes.fits(duration)) this.#dropVisemes(lateVisemes(duration));
    visemes.finish(duration);
    this.sink.finish?.(duration);
    if (duration > 0) return this.#hooks.onChange(this);
    this.markReady();
    this.markAudible();
  }

  /** Whether there is enough audio to start playback. */
  get buffered() {
    return this.sink.isBuffered ?? true;
  }

  /**
   * Checks the time of a viseme; if it is in another unit, so are the others, and they are dropped.
   * @param {() => void} check
   */
  requireUnit(check) {
    try {
      check();
    } catch (error) {
      this.#dropVisemes(/** @type {A2FError} */ (error));
      throw error;
    }
  }

  /** Fails without any audio having been played. @param {A2FError} error */
  abort(error) {
    this.#failure = error;
    this.#hooks.onChange(this);
  }

  /**
   * @param {number} time seconds
   * @param {number} id Azure viseme, 0–21
   * @param {string} [phonemes] what it stands for, in IPA
   */
  onViseme(time, id, phonemes) {
    if (this.closed) return;
    const viseme = phonemes ? { time, id, phonemes } : { time, id };
    this.sources.visemes.add(time, id);
    this.recorder?.onViseme(viseme);
    this.#hooks.emit("viseme", { utterance: this.id, ...viseme });
  }

  /**
   * @param {number} time seconds
   * @param {number} duration seconds
   * @param {string} text
   */
  onWord(time, duration, text) {
    if (this.closed) return;
    this.#words.add(time, duration, text);
    this.recorder?.onWord({ time, duration, text });
    this.#hooks.emit("word", { utterance: this.id, time, duration, text });
  }

  /**
   * @param {number} time seconds
   * @param {string} name
   */
  onBookmark(time, name) {
    if (!this.closed) this.#bookmarks.add(time, name);
  }

  /** Reports the bookmarks up to a position of playback. @param {number} position seconds */
  reach(position) {
    for (const mark of this.#bookmarks.take(position))
      this.#hooks.emit("bookmark", { utterance: this.id, ...mark });
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

  /** The source used most. @returns {Rank} */
  get rank() {
    const ranks = /** @type {Rank[]} */ (Object.keys(this.rankMs));
    return ranks.reduce((best, rank) => (this.rankMs[rank] > this.rankMs[best] ? rank : best));
  }

  /**
   * Ends the utterance and settles `done`.
   * @param {boolean} newest whether no later utterance has been sent
   */
  close(newest) {
    this.uplink?.close(newest);
    this.sources.network?.close();
    this.inputEnded = this.closed = true;
    this.#finishTake();
    this.#setProcessing(false);
    const outcome = this.#outcome();
    this.reach(outcome.heard); // those at the very end
    this.#hooks.emit("end", outcome);
    const failure = this.#failure ?? this.sink.failure;
    if (!failure) return this.#resolve(outcome);
    // That nobody can decode the file was reported already, and is why the element cannot play it.
    if (this.file?.undecodable) return this.#reject(this.file.undecodable);
    const error = this.file?.withFormat(failure) ?? failure;
    this.#report(error);
    this.#reject(error);
  }

  /** @returns {Outcome} */
  #outcome() {
    const { id: utterance, duration, rank, cancelled, warning } = this;
    const { frames } = this.counters;
    const decodedBy = this.file?.decodedBy ?? null;
    const heard = this.#heard();
    const word = this.#words.lastBefore(heard);
    return { utterance, frames, duration, rank, cancelled, heard, word, decodedBy, warning };
  }

  /** True if it was played to its end. */
  get #complete() {
    return this.playing && this.duration > 0 && !this.cancelled && !this.#failure && !this.sink.failure;
  }

  /** Returns the seconds of audio that were heard. */
  #heard() {
    if (this.#complete) return this.duration;
    return Math.min(this.position(), this.duration || Number.POSITIVE_INFINITY);
  }

  /** Records up to the playback position. */
  updateTake() {
    if (this.playing) this.recorder?.recordUntil(this.position());
  }

  /** Drops old data of an endless utterance, if playback cannot be rewound. */
  trim() {
    if (!this.sink.forwardOnly) return;
    this.updateTake();
    const before = this.position() - KEEP_S;
    this.sources.trim(before);
    this.#words.trim(before);
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
    if (this.sources.frames) return;
    this.sources.addServer(fps);
    this.sink.expectLookahead?.(lookahead);
    this.#hooks.emit("started", { utterance: this.id, fps, lookahead });
  }

  /** @param {number} frame */
  onSplice(frame) {
    this.sources.frames?.splice(frame);
  }

  /**
   * @param {number} first
   * @param {ArrayLike<number>} values
   * @param {ArrayLike<number>} columns
   * @param {number} scale
   */
  onFrames(first, values, columns, scale) {
    const { frames } = this.sources;
    if (!frames || this.cancelled) return;
    this.#countFrames(first, values.length / columns.length, frames);
    this.file?.onFrames();
    frames.put(first, values, columns, scale);
    this.reason = FALLBACK.late;
    if (frames.ahead(0) >= HEAD_START_S) this.markReady();
  }

  /**
   * @param {number} duration seconds of the last server utterance
   * @param {string} [warning] of the server
   */
  onEnd(duration, warning) {
    this.duration ||= duration;
    this.warning ??= warning ?? null;
    this.sources.frames?.finish();
    this.#setProcessing(false);
    this.markReady();
  }

  /** @param {FallbackReason} reason */
  onInterruption(reason) {
    this.reason = reason;
    this.sources.network?.wake(this.position());
    this.markReady();
  }

  /** @param {A2FError} error */
  onFailure(error) {
    if (this.cancelled) return;
    this.file?.onFailure(error);
    this.reason = error.code;
    this.sources.network?.wake(this.position());
    this.#setProcessing(false);
    this.#report(error);
    this.markReady();
  }

  /** @param {A2FError} error why they are useless */
  #dropVisemes(error) {
    const { visemes } = this.sources;
    if (!visemes.valid) return;
    visemes.invalidate();
    this.#report(error);
  }

  #finishTake() {
    if (!this.recorder || !this.playing) return;
    this.recorder.finish(this.#complete);
    this.#hooks.emit("take", { take: this.recorder.take });
  }

  /** @param {A2FError} error */
  #report(error) {
    this.#hooks.emit("error", { ...errorEvent(error), utterance: this.id });
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

/** @param {number} duration seconds */
function lateVisemes(duration) {
  return new A2FError(
    "bad_argument",
    `Most visemes are later than the audio, which has ${duration.toFixed(2)} s, so they are not used; addViseme() takes seconds.`,
  );
}
