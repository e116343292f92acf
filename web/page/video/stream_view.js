import { element, setText } from "../dom.js";
import { describeMicrophoneError, toSentence, UserError } from "../messages.js";
import { HlsPlayer } from "./hls_player.js";
import { MicrophoneChunks } from "./microphone_chunks.js";
import { samplesOf, spoken } from "./speech_samples.js";
import { StreamSession } from "./stream_session.js";

const PAINTING = new URL("../../portrait-sample.jpg", import.meta.url);
const SAMPLE = new URL("../sample.wav", import.meta.url);
/** Milliseconds between status requests. */
const POLL_MS = 1000;
/** Labels of the server's states. @type {Record<string, string>} */
const STATES = {
  waiting_for_audio: "waiting for speech",
  processing: "rendering",
  complete: "complete",
  error: "failed",
};

/** The page of video streams: a face, a session, and speech for it. */
export class StreamView {
  #server;
  #player = new HlsPlayer(/** @type {HTMLVideoElement} */ (element("stream-video")));
  #microphone = new MicrophoneChunks();
  /** @type {StreamSession | null} */
  #session = null;
  /** The face that was chosen; null for the painting. @type {File | null} */
  #image = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** Whether the whole video is on the server. */
  #complete = false;
  /** The URL of the stream that is playing. */
  #played = "";

  /** @param {() => {url: string, token: string}} server */
  constructor(server) {
    this.#server = server;
    this.#onClick("stream-start", () => this.#start());
    this.#onClick("stream-end", () => this.#end());
    this.#onClick("stream-delete", () => this.#delete());
    this.#onClick("stream-sample", async () => this.#play(await fetchBlob(SAMPLE), "the sample"));
    this.#onClick("stream-microphone", () => this.#toggleMicrophone());
    element("stream-alert-close").addEventListener("click", () => this.#alert(""));
    element("stream-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#run(() => this.#speak());
    });
    onFile("stream-image", (file) => this.#choose(file));
    onFile("stream-audio", (file) => this.#run(() => this.#play(file, file.name)));
    this.#refresh();
  }

  /** @param {string} id of a button @param {() => Promise<void>} action */
  #onClick(id, action) {
    element(id).addEventListener("click", () => void this.#run(action));
  }

  /** Runs an action and shows its error. @param {() => Promise<void>} action */
  async #run(action) {
    this.#alert("");
    try {
      await action();
    } catch (error) {
      this.#alert(describe(error));
    }
    this.#refresh();
  }

  /** @param {File} file */
  #choose(file) {
    this.#image = file;
    const picture = /** @type {HTMLImageElement} */ (element("stream-picture"));
    URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(file);
    picture.hidden = !file.type.startsWith("image/");
    /** @type {HTMLVideoElement} */ (element("stream-video")).poster = picture.hidden ? "" : picture.src;
    setText(element("stream-image-name"), file.name);
  }

  async #start() {
    await this.#close();
    const session = new StreamSession(this.#server());
    this.#session = session;
    this.#show("Opening a session …");
    this.#refresh();
    try {
      await session.open(this.#image ?? (await fetchBlob(PAINTING)));
    } catch (error) {
      if (this.#session === session) await this.#close();
      this.#show("No session was opened.");
      throw error;
    }
    this.#show("The session is open. Type a text, choose audio or use the microphone.");
    this.#timer = setInterval(() => void this.#poll(session), POLL_MS);
    await this.#poll(session);
  }

  async #speak() {
    const { value } = /** @type {HTMLTextAreaElement} */ (element("stream-text"));
    if (!value.trim()) throw new UserError("Enter a text first.");
    this.#show("Synthesising the text …");
    await this.#play(await spoken(value, this.#server()), "the text");
  }

  /** @param {Blob} file @param {string} name */
  async #play(file, name) {
    const session = this.#required();
    this.#show(`Sending ${name} …`);
    const samples = await samplesOf(file, name, session.context);
    const sending = session.send(samples);
    this.#watch(session);
    await sending;
    this.#show(`Sent ${name} (${(samples.length / session.context.sampleRate).toFixed(1)} s).`);
  }

  async #toggleMicrophone() {
    if (this.#microphone.active) return this.#stopMicrophone();
    const session = this.#required();
    try {
      await this.#microphone.start(session.context, (samples) => {
        session.send(samples).catch((error) => {
          this.#stopMicrophone();
          this.#alert(describe(error));
        });
        this.#watch(session);
        this.#player.live = true;
      });
    } catch (error) {
      this.#microphone.stop();
      throw new UserError(describeMicrophoneError(error));
    }
    setText(element("stream-microphone"), "Turn microphone off");
    this.#show("Listening to the microphone …");
  }

  #stopMicrophone() {
    if (!this.#microphone.active) return;
    this.#microphone.stop();
    setText(element("stream-microphone"), "Microphone");
    this.#show("The microphone is off.");
  }

  async #end() {
    this.#stopMicrophone();
    await this.#required().end();
    this.#show("The speech has ended. You can download the video once it is complete.");
  }

  async #delete() {
    await this.#close();
    this.#show("The session was deleted.");
  }

  async #close() {
    this.#stopMicrophone();
    clearInterval(this.#timer);
    const session = this.#session;
    this.#session = null;
    this.#complete = false;
    this.#played = "";
    this.#player.close();
    for (const id of ["stream-state", "stream-frames", "stream-latency"]) setText(element(id), "–");
    await session?.close();
  }

  /** Plays the video once there is speech. @param {StreamSession} session */
  #watch(session) {
    if (this.#played === session.hlsUrl) return;
    this.#played = session.hlsUrl;
    this.#player.play(session.hlsUrl, (message) => this.#alert(message));
  }

  /** @param {StreamSession} session */
  async #poll(session) {
    const status = await session.status().catch(() => null);
    if (!status || session !== this.#session) return;
    this.#player.keepUp();
    const { latency } = this.#player;
    setText(element("stream-state"), STATES[status.status] ?? status.status);
    setText(element("stream-frames"), String(status.total_frames_generated));
    setText(element("stream-latency"), latency === null ? "–" : `${latency.toFixed(1)} s`);
    if (status.error) this.#alert(toSentence(status.error));
    this.#complete = status.status === "complete";
    this.#refresh();
  }

  #required() {
    if (!this.#session) throw new UserError("Press Start first.");
    return this.#session;
  }

  /** Enables the actions that are possible now. */
  #refresh() {
    const session = this.#session;
    const speaking = session !== null && session.hlsUrl !== "" && !session.ended;
    for (const id of ["stream-speak", "stream-sample", "stream-audio", "stream-microphone"])
      enable(id, speaking);
    enable("stream-start", true);
    enable("stream-end", speaking && session.fed);
    enable("stream-delete", session !== null);
    setText(element("stream-start"), session ? "Start again" : "Start");
    const link = /** @type {HTMLAnchorElement} */ (element("stream-download"));
    link.hidden = !(this.#complete && session?.fed);
    link.href = session?.downloadUrl ?? "";
  }

  /** @param {string} status */
  #show(status) {
    setText(element("stream-status"), status);
  }

  /** @param {string} message empty to clear it */
  #alert(message) {
    element("stream-alert").hidden = message === "";
    setText(element("stream-alert-message"), message);
  }
}

/** @param {string} id @param {boolean} enabled */
function enable(id, enabled) {
  /** @type {HTMLButtonElement} */ (element(id)).disabled = !enabled;
}

/** @param {unknown} error */
function describe(error) {
  const { message } = /** @type {Error} */ (error);
  return toSentence(message || String(error));
}

/** @param {URL} url */
async function fetchBlob(url) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) throw new UserError("Can't reach the server. Check that it is running.");
  return answer.blob();
}

/** @param {string} id @param {(file: File) => unknown} callback */
function onFile(id, callback) {
  const input = /** @type {HTMLInputElement} */ (element(id));
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) callback(file);
    input.value = "";
  });
}
