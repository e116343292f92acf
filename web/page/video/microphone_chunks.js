import { UserError } from "../messages.js";
import { CHUNK_S } from "./speech_samples.js";

const WORKLET = new URL("./chunk_worklet.js", import.meta.url);

/** Records the microphone in chunks. */
export class MicrophoneChunks {
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {AudioNode[]} */
  #nodes = [];

  get active() {
    return this.#stream !== null;
  }

  /**
   * Starts recording.
   * @param {AudioContext} context
   * @param {(samples: Float32Array) => void} onChunk
   */
  async start(context, onChunk) {
    if (!navigator.mediaDevices?.getUserMedia)
      throw new UserError("Browsers allow the microphone only on https pages and on localhost.");
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    this.#stream = stream;
    await context.audioWorklet.addModule(WORKLET);
    if (this.#stream !== stream) return;
    const source = context.createMediaStreamSource(stream);
    const size = Math.round(CHUNK_S * context.sampleRate);
    const node = new AudioWorkletNode(context, "chunks", { numberOfOutputs: 0, processorOptions: { size } });
    node.port.onmessage = ({ data }) => this.#stream === stream && onChunk(data);
    source.connect(node);
    this.#nodes = [source, node];
  }

  /** Stops recording. An incomplete chunk is dropped. */
  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    for (const node of this.#nodes) node.disconnect();
    this.#stream = null;
    this.#nodes = [];
  }
}
