import { notSound, sentence, Told } from "../messages.js";

/** Codes of the client that mean that the file is at fault. */
const BAD_FILE = new Set(["playback_failed", "bad_audio", "unsupported_audio", "empty_audio"]);

/** A status line holds so many characters of what was said. */
const LONGEST = 40;

/** An element has data for where it stands. */
const HAVE_CURRENT_DATA = 2;

/** Speaks files: the <audio> element plays them, the client moves the face. */
export class Speaker {
  #client;
  #element;
  #on;
  #name = "";
  #url = "";
  #blob = new Blob();
  #run = 0;
  /** What the element plays, once all of it is known. @type {import("audio2face-client").Take | null} */
  #take = null;
  /** Whether a file is being spoken, or a take shown again, paused or not. */
  active = false;
  /** Whether the visitor was told so. */
  #told = false;

  /** What is spoken is called so. */
  get name() {
    return this.#name;
  }

  /** What the player plays, where all of it is known. */
  get take() {
    return this.#take;
  }

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {HTMLAudioElement} element
   * @param {{free: () => void, start: (name: string, again: boolean) => void, end: (words: string) => void,
   *   error: (words: string) => void}} on free: whoever else speaks gives way; again: it is shown again, without the
   *   server
   */
  constructor(client, element, on) {
    this.#client = client;
    this.#element = element;
    this.#on = on;
    // The play button of the element itself, after the end.
    element.addEventListener("play", () => (this.active ? this.#tell() : this.#begin()));
    element.addEventListener("seeking", () => {
      if (!this.active && this.#take && element.currentTime > 0) this.#begin();
    });
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  speak(blob, name) {
    // What they leave behind may be put in the player, so before this is.
    this.#on.free();
    this.#load(blob, name);
    return this.#begin();
  }

  /**
   * Puts something in the player that was heard elsewhere.
   * @param {import("audio2face-client").Take} take
   * @param {string} name
   */
  hold(take, name) {
    this.#load(take.wav(), name);
    this.#take = take;
  }

  /** All of what the player plays is in a take. @param {import("audio2face-client").Take} take */
  keep(take) {
    this.#take = take;
  }

  /**
   * Lets the player have a take, whatever it has now, ready to play.
   * @param {import("audio2face-client").Take} take
   */
  async fetch(take) {
    if (this.#take !== take) this.hold(take, this.#name);
    await loaded(this.#element);
  }

  /** Moves the sound, and with it the face, to an instant. @param {number} time seconds */
  seek(time) {
    if (!this.active) void this.#begin();
    this.#element.currentTime = time;
  }

  toggle() {
    // Why it cannot play, the client says, which follows it by then.
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
    this.#take = null;
    URL.revokeObjectURL(this.#url);
    this.#blob = blob;
    this.#name = name;
    this.#url = this.#element.src = URL.createObjectURL(blob);
  }

  async #begin() {
    const run = ++this.#run;
    this.active = true;
    this.#told = false;
    this.#on.free();
    // A take that is only scrubbed does not play yet.
    if (this.#take && this.#element.paused) this.#on.end("Paused.");
    else this.#tell();
    const spoken = this.#take ? this.#replay(this.#take) : this.#animate();
    const words = await spoken.catch((error) => this.#explain(error));
    if (run !== this.#run) return;
    this.active = false;
    this.#on.end(words);
  }

  #tell() {
    if (this.#told) return;
    this.#told = true;
    const again = this.#take !== null;
    this.#on.start(again ? brief(this.#name) : this.#name, again);
  }

  /** @param {import("audio2face-client").Take} take */
  async #replay(take) {
    await this.#client.replay(take, this.#element);
    return `Played ${brief(this.#name)}: ${take.duration.toFixed(1)} s.`;
  }

  async #animate() {
    const { frames, duration } = await this.#client.processAndAnimate(this.#blob, this.#element);
    return `Spoke ${brief(this.#name)}: ${duration.toFixed(1)} s, ${frames} frames.`;
  }

  /** @param {{code?: string}} error */
  #explain(error) {
    this.#on.error(BAD_FILE.has(error.code ?? "") ? notSound(this.#name) : sentence(error));
    return "Nothing to hear.";
  }
}

/**
 * What was said, or a file's name, as part of a sentence.
 * @param {string} name
 */
function brief(name) {
  const letters = [...name.replace(/[\s.!?…]+$/u, "")];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("").trimEnd()}…` : letters.join("");
}

/**
 * Until something of the source can be played.
 * @param {HTMLMediaElement} player
 */
function loaded(player) {
  if (player.readyState >= HAVE_CURRENT_DATA) return;
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Told("The player cannot play this take; let it be spoken again."));
    if (player.error) fail();
    player.addEventListener("loadeddata", resolve, { once: true });
    player.addEventListener("error", fail, { once: true });
  });
}
