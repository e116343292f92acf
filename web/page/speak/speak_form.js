import { element, say } from "../dom.js";
import { Told } from "../messages.js";
import { Length } from "./character_count.js";
import { Samples } from "./example_texts.js";
import { VoiceBox } from "./voice_select.js";

/** How the voices that a server may have are called. @type {Record<string, string>} */
const NAMES = { azure: "Azure", espeak: "eSpeak NG" };

/** The form with what to say and in which voice. It can be used only while the server has a voice. */
export class Saying {
  #text = /** @type {HTMLTextAreaElement} */ (element("say"));
  #button = /** @type {HTMLButtonElement} */ (element("speak"));
  #hint = element("say-hint");
  #how = element("say-how");
  #voices = new VoiceBox();
  #samples;

  /**
   * @param {(text: string, voice: string) => void} onSpeak
   * @param {(feels: Record<string, number>) => void} onFeel what a sample is to be said with
   */
  constructor(onSpeak, onFeel) {
    this.#samples = new Samples(({ text, feels }) => {
      this.#text.value = text;
      onFeel(feels);
      onSpeak(text, this.#voices.chosen);
    });
    element("saying").addEventListener("submit", (event) => {
      event.preventDefault();
      onSpeak(this.#text.value.trim(), this.#voices.chosen);
    });
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    new Length(this.#text, element("say-length"));
  }

  /** Nobody knows yet whether the server has a voice. */
  wait() {
    this.#show(false, "asking the server …");
  }

  /** There was a connection. */
  lose() {
    this.#show(false, "There is no connection, so nobody can speak.");
  }

  /** The list of voices may have been out of reach before. @param {string} server its address */
  refill(server) {
    if (!this.#button.disabled && this.#voices.empty) void this.#voices.fill(server);
  }

  /**
   * @param {import("../panels/server.js").Health} health
   * @param {string} server its address
   */
  tell({ connected, tts }, server) {
    if (!connected) return this.#show(true, "No server answers, so nobody can speak.");
    if (!tts) return this.#show(true, "This server has no voice.");
    this.#show(false, `Spoken by ${NAMES[tts] ?? tts}.`);
    this.#enable(true);
    void this.#voices.fill(server);
  }

  /** A text to speak. Throws what to say where there is none. @param {string} text */
  require(text) {
    if (text) return;
    this.#text.focus();
    throw new Told("There is nothing to say yet: type a sentence.");
  }

  /**
   * No voice, until somebody knows of one.
   * @param {boolean} missing whether to say how a server gets one
   * @param {string} words
   */
  #show(missing, words) {
    this.#enable(false);
    this.#how.hidden = !missing;
    this.#voices.clear();
    say(this.#hint, words);
  }

  /** @param {boolean} usable */
  #enable(usable) {
    this.#button.disabled = !usable;
    this.#samples.enable(usable);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // A disabled button takes no click; a key that is held down speaks once.
    if (!event.repeat) this.#button.click();
  }
}
