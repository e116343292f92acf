import { A2FError } from "../errors.js";
import { KERNEL_WASM } from "./kernel_wasm.js";
import { service } from "./service_source.js";

/**
 * @import { Answer, Request } from "./engine/service.js"
 * @import { Platform } from "../types.js"
 */

/** A worker that may not run fires `error`; this is for those that do not even do that. */
const HELLO_MS = 5000;

/**
 * @typedef {object} NetworkPort Where the service runs.
 * @property {"worker" | "page"} place
 * @property {(request: Request, transfer?: Transferable[]) => void} send
 * @property {(listener: (answer: Answer) => void) => void} listen
 * @property {() => void} stop
 */

/**
 * Starts the service: in a worker from a file, if its address is given, else from a Blob, else in the page.
 * @param {Platform} platform
 * @param {string | null} script address of network-worker.js, for pages whose policy forbids workers from a Blob
 * @returns {Promise<NetworkPort>}
 */
export async function startService(platform, script) {
  const { Worker } = platform;
  /** @type {(() => Worker)[]} */
  const ways = [];
  if (Worker && script) ways.push(() => new Worker(script));
  if (Worker && service.selfContained) ways.push(() => blobWorker(Worker));
  for (const way of ways) {
    const port = await fromWorker(platform, way);
    if (port) return port;
  }
  return inPage();
}

/** @param {typeof globalThis.Worker} Worker */
function blobWorker(Worker) {
  const source = `({${service.serve}}).serve(self)`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  const revoke = () => URL.revokeObjectURL(url);
  for (const event of ["message", "error"]) worker.addEventListener(event, revoke, { once: true });
  return worker;
}

/**
 * @param {Platform} platform
 * @param {() => Worker} create
 * @returns {Promise<NetworkPort | null>} null if the page may not start it
 */
function fromWorker(platform, create) {
  return new Promise((resolve) => {
    /** @type {Worker} */
    let worker;
    const settle = (/** @type {boolean} */ up) => {
      platform.clearTimeout(timer);
      if (!up) worker?.terminate();
      resolve(up ? portOf(worker) : null);
    };
    const timer = platform.setTimeout(() => settle(false), HELLO_MS);
    try {
      worker = create();
    } catch {
      return settle(false);
    }
    worker.onmessage = () => settle(true);
    worker.onerror = (event) => {
      event.preventDefault?.();
      settle(false);
    };
  });
}

/** @param {Worker} worker @returns {NetworkPort} */
function portOf(worker) {
  return {
    place: "worker",
    send: (request, transfer = []) => worker.postMessage(request, transfer),
    listen: (listener) => {
      worker.onmessage = ({ data }) => listener(data);
    },
    stop: () => worker.terminate(),
  };
}

/** @returns {NetworkPort} */
function inPage() {
  const { port1, port2 } = new MessageChannel();
  service.serve(port2);
  return {
    place: "page",
    send: (request, transfer = []) => port1.postMessage(request, transfer),
    listen: (listener) => {
      port1.onmessage = ({ data }) => listener(data);
    },
    stop: () => port1.postMessage({ type: "stop" }),
  };
}

/** The kernel's bytes. */
export function kernelBytes() {
  return Uint8Array.from(KERNEL_WASM.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

/**
 * @param {Platform} platform
 * @param {string} url
 * @returns {Promise<ArrayBuffer>}
 */
export async function fetchNetwork({ fetch }, url) {
  if (!fetch) throw unavailable("This browser has no fetch.");
  const response = await fetch(url).catch((error) => {
    throw unavailable(
      `Cannot load the network from ${url} (${error.message}); check the address, the page's connect-src and, on another ` +
        "origin, that its server sends Access-Control-Allow-Origin.",
    );
  });
  if (!response.ok) throw unavailable(`Cannot load the network: ${url} answers ${response.status}.`);
  return response.arrayBuffer();
}

/** @param {string} message */
export function unavailable(message) {
  return new A2FError("network_unavailable", message);
}
