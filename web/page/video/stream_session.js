import { ChunkedStreamingClient } from "audio2face-client/chunked-streaming-client";
import { UserError } from "../messages.js";
import { chunksOf } from "./speech_samples.js";

/** A session on the server; sends its speech in order. */
export class StreamSession {
  #client;
  #context = new AudioContext();
  /** @type {Promise<unknown>} */
  #sent = Promise.resolve();
  #fed = false;
  #ended = false;

  /** @param {{url: string, token: string}} server */
  constructor({ url, token }) {
    this.#client = new ChunkedStreamingClient(url, { token });
  }

  get context() {
    return this.#context;
  }

  /** Whether the speech has ended. */
  get ended() {
    return this.#ended;
  }

  /** Whether any speech was sent, so that there is a video. */
  get fed() {
    return this.#fed;
  }

  get hlsUrl() {
    return this.#client.hlsUrl ?? "";
  }

  get downloadUrl() {
    return this.#client.downloadUrl ?? "";
  }

  /** @param {Blob} image */
  async open(image) {
    await this.#client.initSession(image, { audio_sample_rate: this.#context.sampleRate });
  }

  /**
   * Sends samples at the context's rate, after those that are still being sent.
   * @param {Float32Array} samples
   */
  async send(samples) {
    if (this.#ended) throw new UserError("This session has ended. Start a new one.");
    const sending = this.#sent.then(async () => {
      for (const chunk of chunksOf(samples, this.#context.sampleRate)) {
        this.#fed = true;
        await this.#client.feedAudioChunk(chunk);
      }
    });
    this.#sent = sending.catch(() => {});
    await sending;
  }

  /** Ends the speech, which completes the video. */
  async end() {
    if (this.#ended) return;
    this.#ended = true;
    await this.#sent;
    await this.#client.feedAudioChunk(new Float32Array(0), true);
  }

  status() {
    return this.#client.getStatus();
  }

  /** Deletes the session on the server. */
  async close() {
    this.#ended = true;
    void this.#context.close();
    await this.#client.close();
  }
}
