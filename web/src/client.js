import { checkedOptions, isElement, requireFile } from "./argument_checks.js";
import { BLENDSHAPES } from "./arkit.js";
import { AudioOutput } from "./audio/audio_output.js";
import { ElementSink } from "./audio/element_sink.js";
import { ExternalSink } from "./audio/external_sink.js";
import { JitterBuffer } from "./audio/jitter_buffer.js";
import { LiveSink } from "./audio/live_sink.js";
import { PcmFormat } from "./audio/pcm.js";
import { PlaybackSink } from "./audio/playback_sink.js";
import { Binding } from "./avatar/binding.js";
import { AzureSpeaker, followAzure } from "./azure_speaker.js";
import { Connection } from "./connection/connection.js";
import { checkHealth } from "./connection/health.js";
import { A2FError, errorEvent, requireArgument } from "./errors.js";
import { Emitter, EVENT_NAMES } from "./events.js";
import { ExpressionController } from "./face_mixing/expression_controller.js";
import { FaceAnimator } from "./face_mixing/face_animator.js";
import { IdleAnimation } from "./idle/idle_animation.js";
import { NetworkAnimation } from "./network_animation.js";
import { unknownNames, warn, warnOfUnknownOptions } from "./option_names.js";
import { platformNames, platformWith } from "./platform.js";
import { bakeTake } from "./recording/bake.js";
import { TakeRecorder } from "./recording/recorder.js";
import { changedSettings, clampedIntensity, defaultSettings, SETTING_NAMES } from "./settings.js";
import { speechRequest, UNSPOKEN } from "./speech_request.js";
import { captureFormat, LiveSession, requireStream } from "./utterance/live_session.js";
import { PcmStream } from "./utterance/pcm_stream.js";
import { UtteranceQueue } from "./utterance/queue.js";
import { Relay } from "./utterance/relay.js";
import { UtteranceSender } from "./utterance/sender.js";
import { Utterance } from "./utterance/utterance.js";

/**
 * @import { MediaClock } from "./audio/external_sink.js"
 * @import { ErrorCode } from "./errors.js"
 * @import { Take } from "./recording/take.js"
 * @import { AudioSink, BindingReport, Emotions, Events, MorphMap, Outcome, Platform, Settings } from "./types.js"
 */

/**
 * @typedef {"play" | HTMLMediaElement | MediaClock | (() => number)} AudioTarget
 * @typedef {{sampleRate: number, channels?: number, encoding?: "pcm_s16le" | "pcm_f32le", audio?: AudioTarget,
 *   visemes?: boolean}} StreamOptions
 */

const LOCKED =
  "The browser blocks audio until the user clicks or presses a key on this page. Start speech in a click handler, or " +
  "call unlock() there; what waits is played after the next click.";
const STREAM_OPTIONS = ["sampleRate", "channels", "encoding", "audio", "visemes"];

/**
 * Animates one avatar with the blendshapes of an a2f-server, in sync with audio playback. Several clients can
 * run on one page independently.
 */
export class Audio2FaceClient {
  /** The 52 ARKit names in the order of `frame.weights`. */
  static BLENDSHAPES = BLENDSHAPES;
  static A2FError = A2FError;
  static AzureSpeaker = AzureSpeaker;
  static followAzure = followAzure;
  static bakeTake = bakeTake;
  /** Returns the default of each setting. */
  static defaultSettings = defaultSettings;
  #settings;
  #platform;
  /** @type {Emitter<Events>} */
  #events = new Emitter();
  #connection;
  #output;
  #streamBuffer;
  #speechBuffer;
  #queue;
  #idle;
  #animator;
  #sender;
  #relay;
  #network;
  #expressions;
  #lastId = 0;
  /** @type {Utterance | null} */
  #latest = null;
  /** @type {Take | null} */
  #take = null;
  #frameHandle = /** @type {any} */ (null);
  #disposed = false;

  /**
   * @param {string | null | false} [serverUrl] http(s):// or ws(s)://, optionally with a path; default: the page's
   *   origin; false: no server
   * @param {Partial<Settings & Platform>} [options]
   */
  constructor(serverUrl, options) {
    const given = checkedOptions("Audio2FaceClient", options, [...SETTING_NAMES, ...platformNames()]);
    this.#settings = this.#changed(defaultSettings(), {
      ...given,
      ...(serverUrl || serverUrl === false ? { serverUrl } : {}),
    });
    this.#platform = platformWith(given);
    const settings = () => this.#settings;
    this.#connection = new Connection(this.#platform, settings, {
      onState: (state) => this.#emit("connection", { state }),
      onError: (error) => this.#report(error),
    });
    this.#output = new AudioOutput(this.#platform, {
      onInterrupted: () => this.#emit("audio", { state: "interrupted" }),
      onResumed: () => this.#emit("audio", { state: "running" }),
      onLocked: () => this.#warn("audio_locked", LOCKED),
      onBlocked: (own) => this.#onBlocked(own),
    });
    if (this.#settings.audioContext) this.#output.setContext(this.#settings.audioContext);
    // The app's sources and the server's voice deliver differently.
    this.#streamBuffer = new JitterBuffer(() => this.#settings.buffer);
    this.#speechBuffer = new JitterBuffer(() => this.#settings.buffer);
    this.#queue = new UtteranceQueue(this.#platform, this.#emit, () => this.#settings.patience);
    const seed = this.#settings.seed ?? Math.floor(this.#platform.random() * 2 ** 32);
    this.#idle = new IdleAnimation(this.#platform, seed, () => this.#requestFrame());
    this.#idle.configure(this.#settings.life);
    this.#animator = new FaceAnimator(this.#emit, this.#idle);
    this.#network = new NetworkAnimation(this.#platform, settings, (error) => this.#report(error));
    this.#expressions = new ExpressionController(this.#platform, this.#animator.expressionLayer, {
      serverUrl: () => this.#settings.serverUrl || null,
      ownTable: () => this.#network.expressions(),
      onError: (error) => this.#report(error),
      onChange: () => this.#requestFrame(),
    });
    this.#sender = new UtteranceSender(this.#connection, this.#platform, settings);
    this.#relay = new Relay({
      open: (sink) => this.#createUtterance(sink, { replayed: true }),
      cancel: (utterance) => this.#queue.cancel(utterance),
      now: () => this.#platform.now(),
    });
    if (this.#idle.active) this.#requestFrame();
  }

  /**
   * @param {Partial<Settings>} changes take effect with the next utterance; a new server address takes effect
   *   immediately
   */
  configure(changes) {
    const before = this.#settings;
    this.#settings = this.#changed(before, changes);
    warnOfUnknownOptions("configure()", changes, SETTING_NAMES);
    const moved = /** @type {const} */ (["serverUrl", "apiToken", "getToken"]);
    if (moved.some((key) => before[key] !== this.#settings[key])) this.#connection.close();
    if (this.#settings.audioContext) this.#output.setContext(this.#settings.audioContext);
    this.#network.configure();
    this.#idle.configure(this.#settings.life);
    if (this.#idle.active || this.#queue.current) this.#requestFrame();
    return this;
  }

  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {(payload: Events[Name]) => void} callback
   * @returns {() => void} removes the listener
   */
  on(event, callback) {
    for (const words of unknownNames("event", [event], EVENT_NAMES)) warn(`on(): ${words}`);
    return this.#events.on(event, callback);
  }

  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {(payload: Events[Name]) => void} callback
   */
  off(event, callback) {
    this.#events.off(event, callback);
  }

  /**
   * Queries the server's health endpoint. Never throws.
   * @returns {Promise<{connected: boolean, error?: string, [field: string]: any}>}
   */
  async checkConnection() {
    const health = await checkHealth(this.#platform, this.#settings.serverUrl || null);
    if (health.connected && this.#connection.state === "waiting") this.#connection.connect();
    return health;
  }

  /**
   * Opens the connection now instead of with the first utterance, to check address and token or to save time. With
   * `serverUrl: false` it loads the network.
   * @returns {Promise<void>} resolves when the server or the network is ready; rejects with the reason if it cannot be
   *   used
   */
  async connect() {
    this.#requireUse();
    const alone = this.#settings.serverUrl === false ? this.#network.load() : null;
    await (alone ?? this.#connection.whenReady());
  }

  /**
   * Binds all meshes with morph targets, replacing any earlier binding.
   * @param {unknown} target a scene, a glTF, a mesh, a VRM, or an array of them
   * @param {{map?: MorphMap}} [options] map: ARKit name → the mesh's own morph target(s)
   * @returns {boolean} true if anything can move
   */
  initializeWithScene(target, options) {
    const { map = {} } = checkedOptions("initializeWithScene()", options, ["map"]);
    const binding = new Binding(target, map ?? {});
    this.#animator.binding?.release();
    this.#animator.binding = binding;
    this.#idle.bind(target);
    this.#emit("bound", binding.report);
    return binding.report.found.length > 0;
  }

  /** What is bound, and which shapes the meshes lack. @returns {BindingReport | null} */
  get binding() {
    return this.#animator.binding?.report ?? null;
  }

  /**
   * Plays an audio file in an element and animates the face in sync. Playback waits for the server no longer
   * than `patience`.
   * @param {Blob | ArrayBuffer | Uint8Array} audio content of the file
   * @param {HTMLMediaElement} element its source is the same file
   * @returns {Promise<Outcome>} resolves when it was played or cancelled
   */
  async processAndAnimate(audio, element) {
    requireArgument(isElement(element), "processAndAnimate(blob, audioElement) needs an <audio> element.");
    requireFile(audio);
    const utterance = this.#createUtterance(this.#elementSink(element));
    utterance.inputEnded = true;
    try {
      const bytes = new Uint8Array(await new Response(/** @type {BodyInit} */ (audio)).arrayBuffer());
      if (!utterance.cancelled)
        this.#sender.sendFile(utterance, bytes, audio instanceof Blob ? audio.type : "");
    } catch (error) {
      utterance.onFailure(
        new A2FError("bad_audio", `The audio cannot be read: ${/** @type {Error} */ (error).message}`),
      );
    }
    utterance.markAudible();
    return utterance.done;
  }

  /**
   * Opens an utterance whose PCM is written as it becomes available. It plays after all earlier utterances.
   * @param {StreamOptions} options sampleRate in Hertz, 8000–48000; audio: how it is played: "play" (by the
   *   client, default), an element, or an external clock that reports the playback position in seconds; visemes: true
   *   emits `viseme` for what the server hears, if its model can (`ready.visemes`)
   */
  start(options) {
    requireArgument(options, "start() needs at least { sampleRate }.");
    const { audio = "play", visemes = false, ...format } = checkedOptions("start()", options, STREAM_OPTIONS);
    const pcm = new PcmFormat(/** @type {StreamOptions} */ (format));
    return this.#openStream(pcm, this.#sinkFor(audio, pcm), visemes);
  }

  /**
   * Lets the server synthesise a text and plays it, with the face in sync. Several texts are spoken in order.
   * @param {string | {ssml: string}} words plain text or SSML
   * @param {{voice?: string, plain?: boolean}} [options] voice: a name listed by `GET /v1/voices`. plain: removes
   *   Markdown, URLs and emoji from text written by a language model; resolves at once if nothing is left
   * @returns {Promise<Outcome>} resolves when it was played or cancelled; rejects if nothing could be played
   */
  async speak(words, options) {
    const utterance = this.#reported(() => {
      const request = speechRequest(words, options);
      if (request && this.#settings.serverUrl === false)
        throw new A2FError("no_server", "speak() needs a server, but serverUrl is false.");
      if (!request) return null;
      const made = this.#createUtterance(new PlaybackSink(this.#output, 0, this.#speechBuffer));
      made.inputEnded = true;
      this.#sender.sendText(made, request);
      return made;
    });
    return utterance ? utterance.done : UNSPOKEN;
  }

  /**
   * Animates the face from a microphone or a remote track.
   * @param {MediaStream} stream
   * @param {{play?: boolean}} [options] play: plays the stream too, as late as the face is, so that both are in sync.
   *   Mute the element that plays it otherwise
   */
  listen(stream, options) {
    requireStream(stream);
    const { play = false } = checkedOptions("listen()", options, ["play"]);
    const { context } = this.#output;
    const format = captureFormat(context.sampleRate);
    const sink = new LiveSink(format.sampleRate);
    const pcm = this.#openStream(format, sink);
    if (context.state !== "running") this.#output.tryResume();
    const session = new LiveSession(stream, { context, platform: this.#platform }, pcm, sink, play);
    session.ready.catch((error) => this.#report(error));
    return session;
  }

  /**
   * Animates the speech of a bot whose sound reaches the page another way, for example as a WebRTC track. The bot
   * animates it with Python's `FaceRelay` and sends its messages over a channel of the app.
   * @param {unknown} message a message of the channel, parsed
   * @returns {boolean} whether it was one of a `FaceRelay`
   */
  receive(message) {
    this.#requireUse();
    return this.#relay.receive(message);
  }

  /** The latest recording, complete or in progress; only with `keepTake`. @returns {Take | null} */
  get take() {
    return this.#take;
  }

  /**
   * Replays a recording without the server. The face follows an element that plays the recording's audio,
   * including pauses and seeks. A paused replay ends when another utterance is waiting.
   * @param {Take} take must be complete
   * @param {HTMLMediaElement} element plays the recording's audio, for example `take.wav()`; the app starts
   *   it
   * @returns {Promise<Outcome>} resolves when the element has ended, or on cancel
   */
  async replay(take, element) {
    requireArgument(isElement(element), "replay(take, audioElement) needs an <audio> element.");
    requireArgument(
      take?.complete && typeof take.source === "function",
      "replay() needs a complete take; wait for its utterance to end.",
    );
    const utterance = this.#createUtterance(this.#elementSink(element, { follow: true }), { replayed: true });
    utterance.inputEnded = true;
    utterance.sources.bestFirst = [take.source()];
    utterance.duration = take.duration;
    // The idle animation nods to it; the face itself comes from the take.
    if (take.sound.length > 0) utterance.sources.loudness = take.sound.loudness();
    for (const { time, duration, text } of take.words) utterance.onWord(time, duration, text);
    utterance.markAudible();
    return utterance.done;
  }

  /** Stops audio and animation and drops all queued utterances. A new utterance may start immediately. */
  cancel() {
    this.#queue.cancelAll();
    this.#emit("cancel", {});
  }

  /** Cancels everything and shows the neutral face immediately. */
  reset() {
    this.cancel();
    this.#expressions.cancelPending();
    this.#animator.reset();
  }

  /** @param {number} intensity 0.1–2 */
  setIntensity(intensity) {
    this.configure({ intensity });
  }

  /**
   * The weights shown now: 52 values, 0–1, in the order of BLENDSHAPES. The array is reused; copy it to keep
   * it.
   */
  get weights() {
    return this.#animator.weights;
  }

  /**
   * Shows emotions on top of the current animation, blended over 250 ms, also while idle. The table of
   * expressions is fetched from the server once; closed lips stay closed. Do not combine with {@link
   * setEmotions} for the same emotion, or it is applied twice.
   * @param {Emotions | null} expression name → 0–1; null or {} removes all
   * @returns {Promise<boolean>} true if an expression is shown; false also if the table is not available,
   *   which raises an `error` event with code `no_expressions`
   */
  async setExpression(expression) {
    this.#requireUse();
    return this.#expressions.set(expression ?? {});
  }

  /**
   * Sets the emotions that the server's model and motion use. They are blended in from the next frames on,
   * also during speech. For an immediate change use {@link setExpression}.
   * @param {Emotions | null} emotions name → 0–1
   */
  setEmotions(emotions) {
    this.configure({ emotions });
    this.#queue.newest?.uplink?.setEmotions(emotions ?? {});
  }

  /** Unlocks audio; call it from a click or key handler. The client also does this on the first gesture. */
  unlock() {
    return this.#output.unlock();
  }

  /**
   * Runs one animation tick; only for apps with their own loop (`autoUpdate: false`). Call it before
   * rendering.
   */
  update() {
    this.#queue.advance();
    const { current, speaking } = this.#queue;
    this.#animator.update(speaking, this.#platform.now(), this.#settings, current !== speaking);
    this.#queue.speaking?.updateTake();
    // An app with its own loop knows the order of its calls.
    const words = this.#settings.autoUpdate && this.#animator.binding?.noticeOverwriting();
    if (words) this.#report(new A2FError("morphs_overwritten", words));
  }

  /** Returns the state of the client as plain JSON. */
  getDebugState() {
    const utterance = this.#latest;
    const animator = this.#animator;
    return {
      connection: this.#connection.state,
      server: this.#connection.ready?.server ?? null,
      network: this.#network.info,
      rank: animator.selector.rank,
      speaking: this.#queue.speaking !== null,
      alive: this.#idle.active,
      utterance: utterance?.id ?? null,
      time: animator.time,
      fps: animator.fps,
      framesReceived: utterance?.counters.frames ?? 0,
      lateFrames: utterance?.counters.lateFrames ?? 0,
      underruns: utterance?.sink.underruns ?? 0,
      timeToFirstFrameMs: utterance?.counters.firstFrameMs ?? null,
      binding: this.binding && { ...this.binding, found: this.binding.found.length },
    };
  }

  /** Releases all resources and resets the morphs to 0. The client cannot be used afterwards. */
  dispose() {
    if (this.#disposed) return;
    this.cancel();
    this.#disposed = true;
    this.#expressions.cancelPending();
    this.#platform.cancelAnimationFrame(this.#frameHandle);
    this.#connection.close("closed");
    this.#output.dispose();
    this.#network.dispose();
    this.#idle.dispose();
    this.#animator.binding?.release();
    this.#animator.binding = null;
    this.#events.clear();
  }

  /**
   * @param {PcmFormat} format
   * @param {AudioSink} sink
   */
  #openStream(format, sink, visemes = false) {
    const utterance = this.#createUtterance(sink);
    const uplink = this.#sender.openStream(utterance, format, visemes);
    return new PcmStream(utterance, format, uplink, () => this.#queue.cancel(utterance));
  }

  /**
   * @param {AudioSink} sink
   * @param {{replayed?: boolean}} [options] replayed: its frames exist; neither animated nor recorded
   */
  #createUtterance(sink, { replayed = false } = {}) {
    this.#requireUse();
    const open = this.#queue.newest;
    if (open && !open.inputEnded) {
      throw new A2FError(
        "bad_state",
        `Utterance ${open.id} is still open; call its end() or cancel() first.`,
      );
    }
    const hooks = { emit: this.#emit, now: this.#platform.now, onChange: () => this.#queue.advance() };
    const utterance = new Utterance(++this.#lastId, sink, hooks);
    if (!replayed) this.#network.attach(utterance);
    if (!replayed && this.#settings.keepTake)
      utterance.recorder = new TakeRecorder(
        utterance,
        () => this.#settings,
        (face) => this.#animator.present(face, this.#settings),
      );
    this.#latest = utterance;
    this.#queue.add(utterance);
    this.#requestFrame();
    return utterance;
  }

  /**
   * @param {AudioTarget} audio
   * @param {PcmFormat} format
   * @returns {AudioSink}
   */
  #sinkFor(audio, format) {
    if (audio === "play") return new PlaybackSink(this.#output, format.sampleRate, this.#streamBuffer);
    if (isElement(audio)) return this.#elementSink(audio);
    const readable = typeof audio === "function" || typeof audio?.currentTime === "number";
    requireArgument(
      readable,
      'audio must be "play", an element, a function, or an object with a currentTime.',
    );
    return new ExternalSink(audio);
  }

  /**
   * @param {HTMLMediaElement} element
   * @param {{follow?: boolean}} [options]
   */
  #elementSink(element, options) {
    return new ElementSink(element, this.#output, () => this.#queue.advance(), options);
  }

  #requireUse() {
    if (this.#disposed) throw new A2FError("disposed", "This client has been disposed; create a new one.");
  }

  #requestFrame() {
    if (this.#frameHandle !== null || !this.#settings.autoUpdate || this.#disposed) return;
    this.#frameHandle = this.#platform.requestAnimationFrame(() => {
      this.#frameHandle = null;
      this.update();
      if (this.#queue.current || !this.#animator.settled) this.#requestFrame();
    });
  }

  /** @param {boolean} own the client may resume the sound itself */
  #onBlocked(own) {
    if (!this.#queue.current) return;
    const remedy = own
      ? "it continues at the next click or key press."
      : "resume() your AudioContext, or call unlock() in a click handler.";
    this.#report(new A2FError("audio_interrupted", `The sound was interrupted; ${remedy}`));
  }

  #emit = (/** @type {keyof Events} */ event, /** @type {any} */ payload) => {
    if (event === "take") this.#take = payload.take;
    this.#events.emit(event, payload);
  };

  /**
   * Returns changed settings, and reports a value that had to be clamped.
   * @param {Settings} settings
   * @param {Partial<Settings>} changes
   */
  #changed(settings, changes) {
    const next = changedSettings(settings, changes);
    const words = clampedIntensity(changes);
    if (words) this.#warn("bad_argument", words);
    return next;
  }

  /**
   * Reports what an action throws, for apps that ignore the promise.
   * @template Result
   * @param {() => Result} action
   * @returns {Result}
   */
  #reported(action) {
    try {
      return action();
    } catch (error) {
      this.#report(/** @type {A2FError} */ (error));
      throw error;
    }
  }

  /**
   * Reports an error on the console too.
   * @param {ErrorCode} code
   * @param {string} words
   */
  #warn(code, words) {
    warn(words);
    this.#report(new A2FError(code, words));
  }

  /** @param {A2FError} error */
  #report(error) {
    this.#emit("error", errorEvent(error));
  }
}
