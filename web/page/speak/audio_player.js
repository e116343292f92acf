import { messageOf, toSentence, UserError, unreadableAudio } from "../messages.js";

/** Error codes of the client that mean that the file cannot be used. */
const BAD_FILE = new Set(["playback_failed", "bad_audio", "unsupported_audio", "empty_audio"]);

/** The most characters of a name that the status line shows. */
const MAX_NAME_LENGTH = 40;

/** HTMLMediaElement.HAVE_CURRENT_DATA. */
const HAVE_CURRENT_DATA = 2;

/** @typedef {import("audio2face-client").Take} Take a recording */

/** Plays files and recordings in the <audio> element. The client moves the face. */
export class AudioPlayer {
  #client;
  #element;
  #source;
  #on;
  #name = "";
  #url = "";
  #blob = new Blob();
  #run = 0;
  /** The recording of what the element plays, once it is complete. @type {Take | null} */
  #recording = null;
  /** Whether a file is being spoken or a recording replayed, paused or not. */
  active = false;
  /** Whether `start` was reported. */
  #started = false;

  /** The name of what is loaded. */
  get name() {
    return this.#name;
  }

  /** The complete recording of what is loaded, if there is one. */
  get recording() {
    return this.#recording;
  }

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {import("./active_source.js").ActiveSource} source
   * @param {HTMLAudioElement} element
   * @param {{start: (name: string, status: string, options: {inPlayer: boolean, replay: boolean}) => void,
   *   end: (status: string) => void, error: (message: string) => void}} on replay: a recording, without the server
   */
  constructor(client, source, element, on) {
    this.#client = client;
    this.#source = source;
    this.#element = element;
    this.#on = on;
    source.add(this);
    // The element's own controls can start it again after its end.
    element.addEventListener("play", () => (this.active ? this.#reportStart() : this.#begin()));
    element.addEventListener("seeking", () => {
      if (!this.active && this.#recording && element.currentTime > 0) this.#begin();
    });
  }

  /**
   * @param {Blob} blob an audio file
   * @param {string} name
   */
  play(blob, name) {
    // Stopping the others may load a recording into the player, so it comes first.
    this.#source.claim(this);
    this.#load(blob, name);
    return this.#begin();
  }

  /**
   * Loads the recording of something that another source played.
   * @param {Take} recording
   * @param {string} name
   */
  load(recording, name) {
    this.#load(recording.wav(), name);
    this.#recording = recording;
  }

  /** Replays a recording from now on. @param {Take} recording of all that is loaded */
  attach(recording) {
    this.#recording = recording;
  }

  /**
   * Loads a recording unless it is loaded already. Resolves when it can play.
   * @param {Take} recording
   */
  async prepare(recording) {
    if (this.#recording !== recording) this.load(recording, this.#name);
    await canPlay(this.#element);
  }

  /** Moves the audio and the face. @param {number} time seconds */
  seek(time) {
    if (!this.active) void this.#begin();
    this.#element.currentTime = time;
  }

  toggle() {
    // The client follows the element and reports why it cannot play.
    if (this.#element.paused) void this.#element.play().catch(() => {});
    else this.#element.pause();
  }

  stop() {
    if (!this.active) return;
    this.#run++;
    this.active = false;
    this.#client.cancel();
    this.#element.currentTime = 0;
    this.#on.end("Stopped.");
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  #load(blob, name) {
    this.stop();
    this.#recording = null;
    URL.revokeObjectURL(this.#url);
    this.#blob = blob;
    this.#name = name;
    this.#url = this.#element.src = URL.createObjectURL(blob);
  }

  async #begin() {
    const run = ++this.#run;
    this.active = true;
    this.#started = false;
    this.#source.claim(this);
    // A recording that is scrubbed while paused does not play yet.
    if (this.#recording && this.#element.paused) this.#on.end("Paused.");
    else this.#reportStart();
    const status = await this.#finished().catch((error) => this.#fail(error));
    if (run !== this.#run) return;
    this.active = false;
    this.#on.end(status);
  }

  #reportStart() {
    if (this.#started) return;
    this.#started = true;
    const replay = this.#recording !== null;
    const status = replay ? `Playing ${shorten(this.#name)} …` : `Speaking ${this.#name} …`;
    this.#on.start(this.#name, status, { inPlayer: true, replay });
  }

  /** @returns {Promise<string>} a status message, when the audio has ended */
  #finished() {
    return this.#recording ? this.#replay(this.#recording) : this.#animate();
  }

  /** @param {Take} recording */
  async #replay(recording) {
    await this.#client.replay(recording, this.#element);
    return `Played ${shorten(this.#name)}: ${recording.duration.toFixed(1)} s.`;
  }

  async #animate() {
    const { frames, duration, warning } = await this.#client.processAndAnimate(this.#blob, this.#element);
    const received = frames > 0 ? `, ${frames} frames` : "";
    const done = `Spoke ${shorten(this.#name)}: ${duration.toFixed(1)} s${received}.`;
    return warning ? `${done} ${toSentence(warning)}` : done;
  }

  /** @param {{code?: string}} error */
  #fail(error) {
    this.#on.error(BAD_FILE.has(error.code ?? "") ? unreadableAudio(this.#name) : messageOf(error));
    return "Nothing was played.";
  }
}

/**
 * Shortens a file name or a text so that it fits into a status message.
 * @param {string} name
 */
function shorten(name) {
  const letters = [...name.replace(/[\s.!?…]+$/u, "")];
  if (letters.length <= MAX_NAME_LENGTH) return letters.join("");
  return `${letters.slice(0, MAX_NAME_LENGTH).join("").trimEnd()}…`;
}

/**
 * Resolves when an element has loaded enough to play.
 * @param {HTMLMediaElement} player
 */
function canPlay(player) {
  if (player.readyState >= HAVE_CURRENT_DATA) return;
  return new Promise((resolve, reject) => {
    const fail = () => reject(new UserError("The player can't play this recording. Record it again."));
    if (player.error) fail();
    player.addEventListener("loadeddata", resolve, { once: true });
    player.addEventListener("error", fail, { once: true });
  });
}
