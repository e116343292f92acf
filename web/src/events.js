import { requireArgument } from "./errors.js";

/** @import { Events } from "./types.js" */

/** Names of all events of a client. @type {(keyof Events)[]} */
export const EVENT_NAMES = [
  "processing",
  "frame",
  "error",
  "speaking",
  "rank",
  "connection",
  "started",
  "end",
  "cancel",
  "viseme",
  "word",
  "bookmark",
  "bound",
  "take",
  "audio",
];

/**
 * Listeners by event name. Lists are copied on change and never while they are called, so emitting allocates
 * nothing and a listener may remove itself.
 * @template {Record<string, any>} Events
 */
export class Emitter {
  /** @type {Map<keyof Events, ((payload: any) => void)[]>} */
  #listeners = new Map();
  #report;

  /** @param {(error: unknown) => void} [report] receives errors thrown by listeners */
  constructor(report = (error) => console.error("Audio2FaceClient: a listener threw.", error)) {
    this.#report = report;
  }

  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {(payload: Events[Name]) => void} callback
   * @returns {() => void} removes the listener
   */
  on(event, callback) {
    requireArgument(typeof callback === "function", `on("${String(event)}", callback) needs a function.`);
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), callback]);
    return () => this.off(event, callback);
  }

  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {(payload: Events[Name]) => void} callback
   */
  off(event, callback) {
    const left = (this.#listeners.get(event) ?? []).filter((listener) => listener !== callback);
    this.#listeners.set(event, left);
  }

  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {Events[Name]} payload
   */
  emit(event, payload) {
    const listeners = this.#listeners.get(event);
    if (!listeners) return;
    for (let i = 0; i < listeners.length; i++) {
      try {
        listeners[i](payload);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  clear() {
    this.#listeners.clear();
  }
}
