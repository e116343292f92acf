import { Audio2FaceClient } from "audio2face-client";
import { isSame } from "./is_same.js";

/** @import { Events, LifeOptions, Platform, Rank, Settings } from "audio2face-client" */

/**
 * @typedef {Partial<Settings & Platform>} FaceOptions Options of `Audio2FaceClient`, including `serverUrl`.
 *
 * @typedef {object} Face What `useFace` returns. The object changes with its contents only.
 * @property {Audio2FaceClient | null} client null on the server and before the component is mounted
 * @property {boolean} speaking
 * @property {Rank} rank source of the animation
 * @property {Events["connection"]["state"]} connection
 * @property {Events["error"] | null} error the latest error; null again when something is spoken
 * @property {boolean | LifeOptions} life the option that was given
 */

/** Functions that apps often write inline: the client calls the latest one. */
const CALLBACKS = /** @type {const} */ (["getToken"]);

/** @type {Face} */
const UNMOUNTED = {
  client: null,
  speaking: false,
  rank: "neutral",
  connection: "idle",
  error: null,
  life: false,
};

/**
 * The client of a component: created when it is mounted, configured when its options change, disposed when it is
 * unmounted. A component may be mounted again, as StrictMode does.
 */
export class FaceStore {
  #face = UNMOUNTED;
  /** @type {FaceOptions} */
  #options = {};
  /** @type {Set<() => void>} */
  #listeners = new Set();

  subscribe = (/** @type {() => void} */ listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @returns {Face} */
  read = () => this.#face;

  /** @returns {Face} */
  readOnServer = () => UNMOUNTED;

  /** @param {FaceOptions} options those of the latest render */
  update(options) {
    const before = this.#options;
    this.#options = options;
    if (this.#face.client) this.#configure(this.#face.client, before);
    else this.#create();
    this.#set({ life: options.life ?? false });
  }

  dispose() {
    this.#face.client?.dispose();
    this.#face = UNMOUNTED;
  }

  #create() {
    const { serverUrl, ...options } = this.#withCallbacks(this.#options);
    const client = new Audio2FaceClient(serverUrl, options);
    client.on("speaking", ({ speaking }) => this.#set(speaking ? { speaking, error: null } : { speaking }));
    client.on("rank", ({ to }) => this.#set({ rank: to }));
    client.on("connection", ({ state }) => this.#set({ connection: state }));
    client.on("error", (error) => this.#set({ error }));
    this.#set({ client });
  }

  /** Applies what has changed. @param {Audio2FaceClient} client @param {FaceOptions} before */
  #configure(client, before) {
    const [old, now] = [this.#withCallbacks(before), this.#withCallbacks(this.#options)];
    const defaults = Audio2FaceClient.defaultSettings();
    /** @type {Record<string, unknown>} */
    const changes = {};
    for (const name of /** @type {(keyof Settings)[]} */ (Object.keys(defaults)))
      if (!isSame(old[name], now[name])) changes[name] = now[name] ?? defaults[name];
    if (Object.keys(changes).length > 0) client.configure(changes);
  }

  /** Replaces functions by ones that stay the same. @param {FaceOptions} options @returns {FaceOptions} */
  #withCallbacks(options) {
    const stable = { ...options };
    for (const name of CALLBACKS) if (options[name]) stable[name] = this.#stable[name];
    return stable;
  }

  #stable = {
    getToken: () => /** @type {NonNullable<FaceOptions["getToken"]>} */ (this.#options.getToken)(),
  };

  /** @param {Partial<Face>} changes */
  #set(changes) {
    const next = { ...this.#face, ...changes };
    if (isSame(this.#face, next)) return;
    this.#face = next;
    for (const listener of this.#listeners) listener();
  }
}
