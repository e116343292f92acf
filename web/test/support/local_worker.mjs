// A worker on the thread of the test, whose clock stands still: it answers at once, whatever the machine.
import { serve } from "../../src/network/engine/service.js";
import { bytesOf, FILE } from "./network.mjs";
import { World } from "./world.mjs";

let worlds = 0;

/** Returns a class like Worker; `workers` lists those that were made. `stepMs`: how slow the device is. */
export function localWorkers({ stepMs = 0 } = {}) {
  const workers = [];
  class LocalWorker {
    requests = [];
    terminated = false;
    #port;
    constructor(script) {
      this.script = script;
      workers.push(this);
      let time = 0;
      const answer = (data) => queueMicrotask(() => this.terminated || this.onmessage?.({ data }));
      this.#port = { onmessage: null, postMessage: answer };
      serve(this.#port, () => (time += stepMs));
    }
    postMessage(data) {
      this.requests.push(data);
      this.#port.onmessage({ data });
    }
    terminate() {
      this.terminated = true;
      this.#port.onmessage({ data: { type: "stop" } });
    }
  }
  return { Worker: LocalWorker, workers };
}

/** Returns a world whose requests for the network are answered, and options of a client that uses it. */
export function worldWithNetwork({ answer = () => new Response(bytesOf(FILE)), ...device } = {}) {
  const world = new World();
  const url = `https://cdn.example/${worlds++}/network.bin`;
  world.answer = (address) => (address.endsWith("/network.bin") ? answer() : Response.json({}));
  const { Worker, workers } = localWorkers(device);
  const network = { url, worker: "/network-worker.js" };
  return { world, workers, options: { ...world.platform(), Worker, network } };
}

/** Waits for a condition, however long the machine takes. */
export async function until(condition) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
