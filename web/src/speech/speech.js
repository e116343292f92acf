import { Timeline } from "../face/timeline.js";
import { Loudness } from "../sound/loudness.js";
import { Visemes } from "../visemes/visemes.js";

/** How much of the past an endless utterance keeps, in seconds. */
const KEEP_S = 10;

/** With so many seconds of frames in hand sound begins: fewer, and the first delay would be seen. */
const HEAD_START_S = 0.1;

/**
 * @typedef {object} SpeechHooks
 * @property {(event: keyof import("../types.js").Events, payload: any) => void} emit
 * @property {(speech: Speech) => void} onChange it may begin, or it is over
 * @property {() => number} now ms
 *
 * @typedef {import("../errors.js").A2FError} A2FError
 * @typedef {object} Uplinked What brings it to the server.
 * @property {() => void} open
 * @property {(newest: boolean) => void} close
 * @property {(emotions: Record<string, number>) => void} feel
 * @property {import("../server/segment.js").Segment | null} segment
 */

/**
 * One utterance inside the client: its sound, what is known of the face, and where both stand. It implements
 * what an uplink reports to, and hands the ladder its sources.
 */
export class Speech {
  /** @type {import("../types.js").Source[]} best first */
  sources = [];
  visemes = new Visemes();
  /** @type {import("../sound/loudness.js").Loudness | null} */
  loudness = null;
  /** @type {Uplinked | null} */
  uplink = null;
  /** Where it is to be kept. @type {import("../take/recorder.js").TakeRecorder | null} */
  recorder = null;
  /** No more PCM will be written. */
  inputEnded = false;
  begun = false;
  /** There is sound to hear. */
  audible = false;
  /** Nothing is worth waiting for any more: it may begin when it is its turn. */
  prepared = false;
  cancelled = false;
  duration = 0;
  /** Why there are no server frames just now. */
  reason = "waiting for frames";
  counters = { frames: 0, lateFrames: 0, firstFrameMs: /** @type {number | null} */ (null) };
  /** Milliseconds that each rank carried. */
  carried = { neutral: 0, loudness: 0, viseme: 0, server: 0 };
  #hooks;
  #startedAt;
  #timeline = /** @type {Timeline | null} */ (null);
  #processing = false;
  /** @type {A2FError | null} */
  #failure = null;
  /** @type {(outcome: import("../types.js").Outcome) => void} */
  #resolve = () => {};
  /** @type {(error: Error) => void} */
  #reject = () => {};

  /**
   * @param {number} id
   * @param {import("../types.js").Voice} voice
   * @param {SpeechHooks} hooks
   */
  constructor(id, voice, hooks) {
    this.id = id;
    this.voice = voice;
    this.#hooks = hooks;
    this.#startedAt = hooks.now();
    this.sources = [this.visemes];
    /** @type {Promise<import("../types.js").Outcome>} */
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Who streams may never look at `done`; the error event tells them.
    this.done.catch(() => {});
  }

  /** @param {Uplinked} uplink */
  send(uplink) {
    this.uplink = uplink;
    this.#process(true);
    uplink.open();
  }

  /** @param {import("../sound/loudness.js").Loudness} loudness */
  measureWith(loudness) {
    this.loudness = loudness;
    this.visemes.level = (time) => loudness.level(time);
    this.sources = [...this.sources.filter((source) => source.rank !== "loudness"), loudness];
  }

  /** There is sound, so from now on waiting is felt. */
  sound() {
    if (this.audible) return;
    this.audible = true;
    this.#hooks.onChange(this);
  }

  prepare() {
    if (this.prepared) return;
    this.prepared = true;
    this.#hooks.onChange(this);
  }

  /** @param {number} sampleRate of what the server will say, Hertz */
  onVoice(sampleRate) {
    this.voice.speakAt?.(sampleRate);
    this.measureWith(new Loudness(sampleRate));
  }

  /** More of the sound. @param {Float32Array[]} planes one array a channel */
  hear(planes) {
    this.loudness?.push(planes);
    this.recorder?.hear(planes);
    this.voice.write?.(planes);
    this.trim();
    this.sound();
  }

  /** @param {number} duration seconds of sound in all */
  finishSound(duration) {
    this.inputEnded = true;
    this.duration = duration;
    this.loudness?.finish();
    this.visemes.finish(duration);
    this.voice.finish?.(duration);
    if (duration > 0) return;
    this.prepare();
    this.sound();
  }

  /** Nothing of it will be heard. @param {A2FError} error */
  giveUp(error) {
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

  begin() {
    this.begun = true;
    this.voice.begin();
    if (this.recorder) this.#hooks.emit("take", { take: this.recorder.take });
  }

  /** @param {number} now ms */
  over(now) {
    return this.cancelled || this.#failure !== null || (this.begun && this.voice.over(now));
  }

  /** @returns {import("../types.js").Rank} that carried most of it */
  get rank() {
    const ranks = /** @type {import("../types.js").Rank[]} */ (Object.keys(this.carried));
    return ranks.reduce((best, rank) => (this.carried[rank] > this.carried[best] ? rank : best));
  }

  /** @param {boolean} newest whether no later utterance has been sent */
  close(newest) {
    this.uplink?.close(newest);
    this.inputEnded = true;
    this.#finishTake();
    this.#process(false);
    const { id: utterance, duration, rank, cancelled } = this;
    const outcome = { utterance, frames: this.counters.frames, duration, rank, cancelled };
    this.#hooks.emit("end", outcome);
    const failure = this.#failure ?? this.voice.failure;
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
  note() {
    if (this.begun) this.recorder?.follow(this.heard());
  }

  /** An endless utterance forgets its past, where nobody can seek back to it. */
  trim() {
    if (!this.voice.forgets) return;
    this.note();
    const before = this.heard() - KEEP_S;
    this.#timeline?.trim(before);
    this.loudness?.trim(before);
    this.visemes.trim(before);
  }

  heard() {
    return this.begun ? this.voice.time(this.#hooks.now()) : 0;
  }

  quiet() {
    return this.loudness?.quiet ?? 0;
  }

  /**
   * @param {number} fps
   * @param {number} lookahead seconds
   */
  onStarted(fps, lookahead) {
    this.reason = "waiting for frames";
    if (this.#timeline) return;
    this.#addTimeline(fps);
    this.voice.expect?.(lookahead);
    this.#hooks.emit("started", { utterance: this.id, fps, lookahead });
  }

  /** @param {number} frame */
  onSeam(frame) {
    this.#timeline?.seam(frame);
  }

  /**
   * @param {number} first
   * @param {ArrayLike<number>} values
   * @param {ArrayLike<number>} columns
   * @param {number} scale
   */
  onFrames(first, values, columns, scale) {
    const timeline = this.#timeline;
    if (!timeline || this.cancelled) return;
    const count = values.length / columns.length;
    this.#count(first, count, timeline);
    timeline.put(first, values, columns, scale);
    this.reason = "frames late";
    if (timeline.ahead(0) >= HEAD_START_S) this.prepare();
  }

  /** @param {number} duration seconds of the last segment */
  onEnd(duration) {
    this.duration ||= duration;
    this.#timeline?.finish();
    this.#process(false);
    this.prepare();
  }

  /** @param {string} reason */
  onTrouble(reason) {
    this.reason = reason;
    this.prepare();
  }

  /** @param {A2FError} error */
  onFailure(error) {
    this.reason = error.code;
    this.#process(false);
    this.#report(error);
    this.prepare();
  }

  #finishTake() {
    if (!this.recorder || !this.begun) return;
    const broken = this.cancelled || this.#failure || this.voice.failure;
    const whole = !broken && this.duration > 0;
    this.recorder.close(whole ? this.duration : this.#kept(this.recorder.take.known));
    this.#hooks.emit("take", { take: this.recorder.take });
  }

  /**
   * Where a take ends that broke off: what nobody heard is only kept where it can still be played.
   * @param {number} known seconds of the face
   */
  #kept(known) {
    const heard = this.heard();
    const kept = this.voice.forgets ? heard : Math.max(heard, known);
    return Math.min(kept, this.duration || kept);
  }

  /** @param {A2FError} error */
  #report({ code, message, fatal }) {
    this.#hooks.emit("error", { code, message, fatal, utterance: this.id });
  }

  /** @param {number} fps */
  #addTimeline(fps) {
    const timeline = new Timeline(fps);
    this.#timeline = timeline;
    /** @type {import("../types.js").Source} */
    const server = {
      rank: "server",
      ahead: (time) => timeline.ahead(time),
      sample: (time, out, smoothing) => timeline.sample(time, out, smoothing),
    };
    this.sources = [server, ...this.sources];
  }

  /**
   * @param {number} first
   * @param {number} count
   * @param {Timeline} timeline
   */
  #count(first, count, timeline) {
    const now = this.#hooks.now();
    const heard = this.heard();
    if (timeline.end > 0) this.voice.observe?.((timeline.end - 1) / timeline.fps, now);
    this.counters.frames += count;
    this.counters.firstFrameMs ??= now - this.#startedAt;
    for (let frame = first; frame < first + count && frame / timeline.fps < heard; frame++) {
      this.counters.lateFrames++;
    }
  }

  /** @param {boolean} processing */
  #process(processing) {
    if (processing === this.#processing) return;
    this.#processing = processing;
    this.#hooks.emit("processing", { processing, utterance: this.id });
  }
}
