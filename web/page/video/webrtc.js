import { photoToSend } from "../avatar/photo.js";
import { element, setText } from "../dom.js";
import { describeMicrophoneError, UserError } from "../messages.js";
import { Call } from "./call.js";

const PAINTING = "../../portrait-sample.jpg";
const IDLE = "Press Call and start talking.";

/** The view of a call: sends the microphone or a sample, and plays the face and its audio. */
export class CallView {
  #server;
  #video = /** @type {HTMLVideoElement} */ (element("call-video"));
  #button = /** @type {HTMLButtonElement} */ (element("call-button"));
  #image = /** @type {HTMLInputElement} */ (element("call-image"));
  #sound = /** @type {HTMLInputElement} */ (element("call-sound"));
  #sample = /** @type {HTMLInputElement} */ (element("call-sample"));
  #status = element("call-status");
  /** @type {Call | null} */
  #call = null;
  /** @type {(() => void) | null} */
  #closeInput = null;

  /** @param {() => {url: string, token: string}} server returns the server to call; evaluated for each call */
  constructor(server) {
    this.#server = server;
    this.#show("", IDLE);
    this.#button.addEventListener("click", () => (this.#call ? this.#call.end() : this.start()));
    this.#image.addEventListener("change", () => this.#showFile());
    this.#sound.addEventListener("change", () => this.#hear());
    this.#hear();
    addEventListener("pagehide", () => this.#call?.end());
  }

  /** Calls the server. Errors are shown. */
  async start() {
    const { url, token } = this.#server();
    /** @type {Call} */
    const call = new Call({ server: url, token }, (reason) => this.#onEnd(call, reason));
    this.#call = call;
    this.#button.textContent = "Hang up";
    this.#show("", this.#sample.checked ? "Calling …" : "Allow the microphone …");
    try {
      const input = await (this.#sample.checked ? sampleInput() : microphoneInput());
      if (this.#call !== call) return input.close();
      this.#closeInput = input.close;
      this.#show("", "Calling …");
      const { stream, about } = await call.start(input.stream, await this.#face());
      if (this.#call !== call) return;
      this.#video.srcObject = stream;
      const text = `In a call: ${about.width} × ${about.height} at ${about.fps} fps, ${Math.round(about.delay * 1000)} ms behind the voice.`;
      this.#video.onplaying = () => this.#call === call && this.#show("good", text);
    } catch (error) {
      call.end();
      this.#show("bad", error instanceof UserError ? error.message : describeMicrophoneError(error));
    }
  }

  /**
   * @param {Call} call
   * @param {string} reason
   */
  #onEnd(call, reason) {
    if (this.#call !== call) return;
    this.#call = null;
    this.#closeInput?.();
    this.#closeInput = null;
    this.#video.srcObject = null;
    this.#button.textContent = "Call";
    this.#show(reason ? "bad" : "", reason || "The call has ended.");
  }

  #hear() {
    this.#video.muted = !this.#sound.checked;
  }

  #showFile() {
    const file = this.#image.files?.[0];
    setText(element("call-face"), file?.name ?? "A painting");
    const picture = /** @type {HTMLImageElement} */ (element("call-picture"));
    URL.revokeObjectURL(picture.src);
    picture.src = file ? URL.createObjectURL(file) : PAINTING;
    picture.hidden = Boolean(file && !file.type.startsWith("image/"));
    this.#video.poster = picture.hidden ? "" : picture.src;
  }

  /** Returns the photo or the avatar that will speak. @returns {Promise<Blob>} */
  async #face() {
    const file = this.#image.files?.[0];
    if (file) return file.type.startsWith("image/") ? photoToSend(file) : file;
    const painting = await fetch(PAINTING).catch(() => null);
    if (!painting?.ok) throw new UserError("Can't load the painting. Choose a face.");
    return painting.blob();
  }

  /**
   * @param {string} state "", "good" or "bad"
   * @param {string} text
   */
  #show(state, text) {
    this.#status.dataset.state = state;
    setText(this.#status, text);
  }
}

/** @typedef {{stream: MediaStream, close: () => void}} Input */

/** @returns {Promise<Input>} */
async function microphoneInput() {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new UserError(
      "Browsers allow the microphone only on https pages and on localhost. Open this page at such an address.",
    );
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  return { stream, close };
}

/** Loops the page's sample, as a bot would send its voice. @returns {Promise<Input>} */
async function sampleInput() {
  const context = new AudioContext({ sampleRate: 48000 });
  const answer = await fetch(new URL("../sample.wav", import.meta.url));
  const source = context.createBufferSource();
  source.buffer = await context.decodeAudioData(await answer.arrayBuffer());
  source.loop = true;
  const destination = context.createMediaStreamDestination();
  source.connect(destination);
  source.start();
  return { stream: destination.stream, close: () => void context.close() };
}
