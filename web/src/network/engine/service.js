import { Network } from "./network.js";
import { readNetwork } from "./network_file.js";
import { usableKernel, warmUp } from "./self_test.js";

/** @import { Voice } from "./voice.js" */

/**
 * Messages to the service. Each voice has a number that its client chooses.
 * @typedef {{type: "load", file: ArrayBuffer, wasm: Uint8Array<ArrayBuffer>}
 *   | {type: "open", voice: number, rate: number, step: number, sample: number}
 *   | {type: "write", voice: number, samples: Float32Array}
 *   | {type: "end", voice: number}
 *   | {type: "close", voice: number}
 *   | {type: "stop"}} Request
 *
 * Messages from the service. `ready`: the network can be used; `failed`: it cannot, and why.
 * @typedef {{type: "hello"}
 *   | {type: "ready", kernel: "wasm" | "plain", stepMs: number, stepRate: number, lead: number, blendshapes: string[], expressions: object}
 *   | {type: "failed", reason: "file" | "slow", message: string}
 *   | {type: "frames", voice: number, first: number, weights: Float32Array}
 *   | {type: "end", voice: number}} Answer
 *
 * @typedef {object} Port A worker's global scope, or a MessagePort.
 * @property {((event: MessageEvent) => void) | null} onmessage
 * @property {(message: any, transfer: Transferable[]) => void} postMessage
 * @property {() => void} [close]
 */

/** Steps of a voice in one go, and milliseconds after which other messages get their turn. */
const STEPS = 8;
const TURN_MS = 4;

/** Runs the network for any number of voices, in turns, so that a long file does not hold up a live voice. */
class Service {
  #port;
  #now;
  /** @type {Network | null} */
  #network = null;
  /** @type {Map<number, Voice>} */
  #voices = new Map();
  /** Voices that may have steps to compute. @type {Set<number>} */
  #queue = new Set();
  /** Messages to itself are not delayed as timers are, not even in a page in the background. */
  #channel = new MessageChannel();
  #scheduled = false;

  /**
   * @param {Port} port
   * @param {() => number} now ms
   */
  constructor(port, now) {
    this.#port = port;
    this.#now = now;
    this.#channel.port1.onmessage = () => this.#turn();
    port.onmessage = ({ data }) => void this.#on(data);
    this.#send({ type: "hello" });
  }

  /** @param {Request} request */
  #on(request) {
    if (request.type === "load") return this.#load(request);
    if (request.type === "stop") return this.#stop();
    if (request.type === "open") return this.#open(request);
    const voice = this.#voices.get(request.voice);
    if (request.type === "write") voice?.write(request.samples);
    else if (request.type === "end") voice?.end();
    else return this.#close(request.voice);
    if (voice) this.#queue.add(request.voice);
    if (!this.#scheduled) this.#turn();
  }

  /** @param {{file: ArrayBuffer, wasm: Uint8Array<ArrayBuffer>}} request */
  async #load({ file, wasm }) {
    try {
      const content = await readNetwork(file);
      const network = new Network(content, await usableKernel(wasm));
      const { stepMs, fast } = await warmUp(network, this.#now, pause);
      if (!fast) return this.#fail("slow", tooSlow(stepMs));
      this.#network = network;
      const { stepRate, lead, blendshapes, expressions } = network.layout;
      const { kind: kernel } = network.heap;
      this.#send({ type: "ready", kernel, stepMs, stepRate, lead, blendshapes, expressions });
    } catch (error) {
      this.#fail("file", /** @type {Error} */ (error).message);
    }
  }

  /**
   * @param {"file" | "slow"} reason
   * @param {string} message
   */
  #fail(reason, message) {
    this.#send({ type: "failed", reason, message });
  }

  /** @param {{voice: number, rate: number, step: number, sample: number}} request */
  #open({ voice, rate, step, sample }) {
    if (this.#network) this.#voices.set(voice, this.#network.open(rate, { step, sample }));
  }

  /** @param {number} id */
  #close(id) {
    this.#voices.delete(id);
    this.#queue.delete(id);
  }

  #stop() {
    this.#voices.clear();
    this.#queue.clear();
    this.#channel.port1.close();
    this.#port.close?.();
  }

  #turn() {
    this.#scheduled = false;
    const end = this.#now() + TURN_MS;
    for (const id of this.#queue) {
      // Those with more to do go to the end of the queue.
      this.#queue.delete(id);
      if (this.#run(id)) this.#queue.add(id);
      if (this.#now() >= end) break;
    }
    if (this.#queue.size === 0) return;
    this.#scheduled = true;
    this.#channel.port2.postMessage(null);
  }

  /** @param {number} id @returns {boolean} whether there is more to do */
  #run(id) {
    const voice = /** @type {Voice} */ (this.#voices.get(id));
    const { first, weights } = voice.run(STEPS);
    if (weights.length > 0) this.#send({ type: "frames", voice: id, first, weights: weights.slice() });
    if (!voice.over) return voice.due > 0;
    this.#send({ type: "end", voice: id });
    this.#close(id);
    return false;
  }

  /** @param {Answer} answer */
  #send(answer) {
    this.#port.postMessage(answer, answer.type === "frames" ? [answer.weights.buffer] : []);
  }
}

/** Lets others run. @returns {Promise<void>} */
function pause() {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** @param {number} stepMs */
function tooSlow(stepMs) {
  return `This device is too slow for the network: 20 ms of audio take ${stepMs.toFixed(0)} ms.`;
}

/**
 * Serves a port. In the built client this function holds all that it needs, so that its text is a worker's script.
 * @param {Port} port
 * @param {() => number} [now] ms
 */
export function serve(port, now = () => performance.now()) {
  new Service(port, now);
}
