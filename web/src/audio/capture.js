import { A2FError } from "../errors.js";
import { TrackWatch } from "./track_watch.js";

/**
 * @import { Platform } from "../types.js"
 * @import { DelayedOutput } from "./delayed_output.js"
 */

/** Samples per message of the worklet: about 20 ms, a compromise between message rate and delay. */
const BATCH = 1024;

/** Runs on the audio thread. Mixes to mono and keeps producing samples during silence and on muted tracks. */
const WORKLET = `
registerProcessor("a2f-capture", class extends AudioWorkletProcessor {
  constructor() { super(); this.batch = new Float32Array(${BATCH}); this.filled = 0; }
  process([channels]) {
    const length = channels.length ? channels[0].length : 128;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.batch[this.filled++] = channels.length ? sum / channels.length : 0;
      if (this.filled === ${BATCH}) this.flush();
    }
    return true;
  }
  flush() {
    this.port.postMessage(this.batch, [this.batch.buffer]);
    this.batch = new Float32Array(${BATCH});
    this.filled = 0;
  }
});`;

/**
 * Captures a MediaStream as mono PCM at the context's sample rate. If its track is replaced, the new one is
 * captured.
 */
export class Capture {
  #context;
  #platform;
  #onSamples;
  #onEnd;
  #output;
  /** @type {TrackWatch | null} */
  #tracks = null;
  /** @type {AudioNode | null} */
  #source = null;
  /** @type {AudioNode | null} */
  #node = null;
  #stopped = false;
  /** @type {HTMLAudioElement | null} */
  #pump = null;

  /**
   * @param {AudioContext} context
   * @param {Platform} platform
   * @param {{onSamples: (samples: Float32Array) => void, onEnd: () => void}} callbacks onEnd: the stream's
   *   audio has ended
   * @param {DelayedOutput | null} [output] plays what is captured
   */
  constructor(context, platform, { onSamples, onEnd }, output = null) {
    this.#context = context;
    this.#platform = platform;
    this.#onSamples = onSamples;
    this.#onEnd = onEnd;
    this.#output = output;
  }

  /** @param {MediaStream} stream */
  async start(stream) {
    try {
      this.#tracks = new TrackWatch(stream, { onTrack: () => this.#capture(stream), onEnd: this.#onEnd });
      this.#capture(stream);
      this.#pumpRemote(stream);
      this.#node = (await this.#worklet()) ?? this.#processor();
    } catch (error) {
      const why = /** @type {Error} */ (error).message;
      throw new A2FError(
        "microphone_failed",
        `The stream cannot be read (${why}); check that it has an audio track.`,
      );
    }
    if (this.#stopped) return this.stop();
    this.#source?.connect(this.#node);
    this.#tracks.check();
  }

  /** Connects the track that the stream has now. @param {MediaStream} stream */
  #capture(stream) {
    const { MediaStream } = this.#platform;
    const track = this.#tracks?.track;
    this.#source?.disconnect();
    this.#source = this.#context.createMediaStreamSource(
      MediaStream && track ? new MediaStream([track]) : stream,
    );
    if (this.#node) this.#source.connect(this.#node);
    if (this.#output) this.#source.connect(this.#output.node);
  }

  stop() {
    this.#stopped = true;
    this.#tracks?.stop();
    this.#source?.disconnect();
    this.#node?.disconnect();
    this.#output?.stop();
    if (this.#pump) this.#pump.srcObject = null;
  }

  /**
   * Works around Chromium, where a remote WebRTC track reaches an AudioContext only while an element plays it
   * too.
   * @param {MediaStream} stream
   */
  #pumpRemote(stream) {
    const { document } = this.#platform;
    if (!document) return;
    this.#pump = document.createElement("audio");
    this.#pump.muted = true;
    this.#pump.srcObject = stream;
    void this.#pump.play()?.catch(() => {});
  }

  /** @returns {Promise<AudioNode | null>} null if worklets, or modules from a Blob, are not allowed */
  async #worklet() {
    const { AudioWorkletNode } = this.#platform;
    if (!AudioWorkletNode || !this.#context.audioWorklet) return null;
    const url = URL.createObjectURL(new Blob([WORKLET], { type: "text/javascript" }));
    try {
      await this.#context.audioWorklet.addModule(url);
      const node = new AudioWorkletNode(this.#context, "a2f-capture", { numberOfOutputs: 1 });
      node.port.onmessage = ({ data }) => this.#deliver(data);
      // A node without a connection may be skipped in rendering.
      node.connect(this.#context.destination);
      return node;
    } catch {
      return null;
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  /** Fallback on the main thread, for browsers without worklets. */
  #processor() {
    const node = this.#context.createScriptProcessor(BATCH, 1, 1);
    node.onaudioprocess = ({ inputBuffer }) => this.#deliver(inputBuffer.getChannelData(0).slice());
    node.connect(this.#context.destination);
    return node;
  }

  /** @param {Float32Array} samples */
  #deliver(samples) {
    if (this.#stopped) return;
    this.#onSamples(samples);
    this.#tracks?.check();
  }
}
