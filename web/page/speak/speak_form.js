import { element, setText } from "../dom.js";
import { UserError } from "../messages.js";
import { CharacterCount } from "./character_count.js";
import { ExampleTexts } from "./example_texts.js";
import { VoiceSelect } from "./voice_select.js";

/** Display names of the server's text-to-speech engines. @type {Record<string, string>} */
const ENGINES = { azure: "Azure", espeak: "eSpeak NG", hibari: "Hibari", openai: "a speech service" };

/** The form with the text and the voice. It is enabled while the server has text-to-speech. */
export class SpeakForm {
  #text = /** @type {HTMLTextAreaElement} */ (element("text"));
  #button;
  #status = element("speech-status");
  #setup = element("speech-setup");
  #voices = new VoiceSelect();
  #examples;

  /**
   * @param {import("./speak_button.js").SpeakButton} button
   * @param {{speak: (text: string, voice: string) => void, stop: () => void,
   *   setEmotions: (emotions: Record<string, number>) => void}} on setEmotions: an example with emotions was chosen
   */
  constructor(button, on) {
    this.#button = button;
    const speak = () => on.speak(this.#text.value.trim(), this.#voices.chosen);
    this.#examples = new ExampleTexts(({ text, emotions }) => {
      this.#text.value = text;
      on.setEmotions(emotions);
      on.speak(text, this.#voices.chosen);
    });
    element("speech-form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (button.playing) on.stop();
      else speak();
    });
    this.#text.addEventListener("keydown", (event) => this.#onKey(event, speak));
    new CharacterCount(this.#text, element("text-length"));
  }

  /** Disables the form until the server has answered. */
  showPending() {
    this.#disable("Checking the server …");
  }

  /** Disables the form while there is no connection. @param {string} [status] */
  showDisconnected(status = "Not connected, so there is no text-to-speech.") {
    this.#disable(status);
  }

  /**
   * @param {import("../health.js").Health} health
   * @param {string} server its URL
   */
  showHealth({ connected, mode, tts }, server) {
    if (mode === "device") return this.#offerRecordings();
    if (!connected) return this.#disable("Can't reach the server.", { setup: true });
    if (!tts) return this.#disable("This server has no text-to-speech voice.", { setup: true });
    this.#disable(`Spoken by ${ENGINES[tts] ?? tts}.`);
    this.#enable(true);
    void this.#voices.fill(server);
  }

  /** Asks for the voices again if an earlier request failed. @param {string} server its URL */
  retryVoices(server) {
    if (this.#button.available && this.#voices.empty) void this.#voices.fill(server);
  }

  /** Throws if there is nothing to speak. @param {string} text */
  requireText(text) {
    if (text) return;
    this.#text.focus();
    throw new UserError("There is no text to speak. Type a sentence first.");
  }

  /** Without a server, only the examples can be spoken: there are recordings of them. */
  #offerRecordings() {
    this.#text.readOnly = true;
    this.#disable("Recordings of a synthetic voice (Hibari). A server can speak any text.");
    this.#enable(true);
  }

  /**
   * @param {string} status
   * @param {{setup?: boolean}} [options] setup: explain how to give the server a voice
   */
  #disable(status, { setup = false } = {}) {
    this.#enable(false);
    this.#setup.hidden = !setup;
    this.#voices.clear();
    setText(this.#status, status);
  }

  /** @param {boolean} enabled */
  #enable(enabled) {
    this.#button.available = enabled;
    this.#examples.enable(enabled);
  }

  /** Speaks, also while something is playing. @param {KeyboardEvent} event @param {() => void} speak */
  #onKey(event, speak) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // A key that is held down counts once.
    if (!event.repeat && this.#button.available) speak();
  }
}
