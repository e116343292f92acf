import { BLENDSHAPES } from "../arkit.js";
import { fetchNetwork, kernelBytes, startService, unavailable } from "./host.js";

/**
 * @import { Answer } from "./engine/service.js"
 * @import { Platform } from "../types.js"
 * @import { NetworkPort } from "./host.js"
 */

/**
 * @typedef {object} VoiceListener
 * @property {(first: number, weights: Float32Array) => void} onFrames index of the first frame; frames × shapes
 * @property {() => void} onEnd
 *
 * @typedef {object} NetworkInfo
 * @property {"worker" | "page"} place where it runs
 * @property {"wasm" | "plain"} kernel
 * @property {number} stepMs milliseconds that 20 ms of audio took at the start
 * @property {number} stepRate frames per second
 * @property {number} lead frames of look-ahead
 * @property {object} expressions table of the expressions, as a server sends it
 * @property {Int16Array} columns index in BLENDSHAPES for each column of its frames
 */

/** One for each address of a network, for all clients of the page. @type {Map<string, SharedNetwork>} */
const NETWORKS = new Map();

/**
 * Returns the page's network of this address, and keeps it until {@link SharedNetwork#release} was called as often.
 * @param {Platform} platform
 * @param {string} url
 * @param {string | null} script
 */
export function acquireNetwork(platform, url, script) {
  const key = `${url} ${script ?? ""}`;
  const network = NETWORKS.get(key) ?? new SharedNetwork(platform, url, script, () => NETWORKS.delete(key));
  NETWORKS.set(key, network);
  network.users++;
  return network;
}

/** A network that runs once for all its users. Nothing is loaded until {@link load} is called. */
export class SharedNetwork {
  users = 0;
  /** Set once it can be used. @type {NetworkInfo | null} */
  info = null;
  #platform;
  #url;
  #script;
  #onUnused;
  /** @type {NetworkPort | null} */
  #port = null;
  /** @type {Promise<NetworkInfo> | null} */
  #loading = null;
  #stopped = false;
  /** @type {Map<number, VoiceListener>} */
  #voices = new Map();
  #lastVoice = 0;

  /**
   * @param {Platform} platform
   * @param {string} url
   * @param {string | null} script
   * @param {() => void} onUnused
   */
  constructor(platform, url, script, onUnused) {
    this.#platform = platform;
    this.#url = url;
    this.#script = script;
    this.#onUnused = onUnused;
  }

  /**
   * Loads and tests the network, once. After a failed download the next call tries again.
   * @returns {Promise<NetworkInfo>} rejects with `network_unavailable` and what to do
   */
  load() {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /**
   * Opens a voice; {@link info} must be set.
   * @param {number} rate Hertz
   * @param {{step: number, sample: number}} start the first step to compute, and the position of the first sample
   * @param {VoiceListener} listener
   */
  open(rate, { step, sample }, listener) {
    const voice = ++this.#lastVoice;
    const send = (/** @type {any} */ request, /** @type {Transferable[]} */ transfer = []) =>
      this.#port?.send({ voice, ...request }, transfer);
    this.#voices.set(voice, listener);
    send({ type: "open", rate, step, sample });
    return {
      /** @param {Float32Array<ArrayBuffer>} samples mono; the array is given away */
      write: (samples) => send({ type: "write", samples }, [samples.buffer]),
      end: () => send({ type: "end" }),
      close: () => {
        if (this.#voices.delete(voice)) send({ type: "close" });
      },
    };
  }

  /** Stops the worker with its last user. */
  release() {
    if (--this.users > 0) return;
    this.#onUnused();
    this.#stopped = true;
    this.#port?.stop();
    this.#port = this.info = null;
  }

  async #load() {
    let file;
    try {
      file = await fetchNetwork(this.#platform, this.#url);
    } catch (error) {
      this.#loading = null;
      throw error;
    }
    const port = await startService(this.#platform, this.#script);
    if (this.#stopped) port.stop();
    this.#port = port;
    this.info = await this.#ready(port, file);
    return this.info;
  }

  /**
   * @param {NetworkPort} port
   * @param {ArrayBuffer} file
   * @returns {Promise<NetworkInfo>}
   */
  #ready(port, file) {
    return new Promise((resolve, reject) => {
      port.listen((answer) => {
        if (answer.type === "ready") resolve({ place: port.place, ...answer, columns: columnsOf(answer) });
        else if (answer.type === "failed") {
          port.stop();
          reject(unavailable(answer.reason === "slow" ? answer.message : `${this.#url}: ${answer.message}`));
        } else this.#onAnswer(answer);
      });
      port.send({ type: "load", file, wasm: kernelBytes() }, [file]);
    });
  }

  /** @param {Answer} answer */
  #onAnswer(answer) {
    if (answer.type === "frames") this.#voices.get(answer.voice)?.onFrames(answer.first, answer.weights);
    if (answer.type !== "end") return;
    this.#voices.get(answer.voice)?.onEnd();
    this.#voices.delete(answer.voice);
  }
}

/** @param {{blendshapes: string[]}} ready */
function columnsOf({ blendshapes }) {
  return Int16Array.from(blendshapes, (name) => BLENDSHAPES.indexOf(/** @type {any} */ (name)));
}
