import { addresses } from "./addresses.js";
import { unavailable } from "./network/host.js";
import { acquireNetwork } from "./network/shared_network.js";
import { NetworkSource } from "./network/source.js";

/**
 * @import { A2FError } from "./errors.js"
 * @import { NetworkInfo, SharedNetwork } from "./network/shared_network.js"
 * @import { Platform, Settings } from "./types.js"
 * @import { Utterance } from "./utterance/utterance.js"
 */

/** Gives a client's utterances the network in the page, if its settings ask for it. */
export class NetworkAnimation {
  #platform;
  #settings;
  #onError;
  /** @type {SharedNetwork | null} */
  #network = null;
  #address = "";
  #reported = false;

  /**
   * @param {Platform} platform
   * @param {() => Settings} settings
   * @param {(error: A2FError) => void} onError the network cannot be used
   */
  constructor(platform, settings, onError) {
    this.#platform = platform;
    this.#settings = settings;
    this.#onError = onError;
  }

  /** What runs where; null if nothing was loaded. @returns {Pick<NetworkInfo, "place" | "kernel" | "stepMs"> | null} */
  get info() {
    const info = this.#network?.info;
    return info ? { place: info.place, kernel: info.kernel, stepMs: info.stepMs } : null;
  }

  /** Follows a change of the settings with the next utterance. */
  configure() {
    if (this.#network && this.#wanted() !== this.#address) this.dispose();
  }

  /** @param {Utterance} utterance */
  attach(utterance) {
    if (!this.#settings().network) return;
    const network = this.#acquired();
    if (!network) return;
    const hooks = {
      position: () => utterance.position(),
      now: this.#platform.now,
      onStarted: (/** @type {number} */ lookahead) => utterance.sink.expectLookahead?.(lookahead),
      onFrames: (/** @type {number} */ newest) => utterance.onNetworkFrames(newest),
      onUnavailable: (/** @type {A2FError} */ error) => {
        this.#report(error);
        utterance.onNetworkUnavailable();
      },
    };
    utterance.sources.addNetwork(new NetworkSource(network, hooks, this.#settings().serverUrl === false));
  }

  /**
   * Returns the table of expressions, which is part of the network's file; null if the client uses no network.
   * @returns {Promise<object> | null}
   */
  expressions() {
    return this.load()?.then(({ expressions }) => expressions) ?? null;
  }

  /**
   * Loads the network before it is needed; null if the client uses none.
   * @returns {Promise<NetworkInfo> | null} rejects with `network_unavailable`
   */
  load() {
    if (!this.#settings().network || !this.#acquired()) return null;
    return /** @type {SharedNetwork} */ (this.#network).load();
  }

  dispose() {
    this.#network?.release();
    this.#network = null;
    this.#reported = false;
  }

  #acquired() {
    const url = this.#url();
    if (!url) {
      this.#report(unavailable("network: true needs a server; give the address of network.bin instead."));
      return null;
    }
    this.#address = this.#wanted();
    this.#network ??= acquireNetwork(this.#platform, url, this.#options.worker ?? null);
    return this.#network;
  }

  /** @returns {{url?: string, worker?: string}} */
  get #options() {
    const { network } = this.#settings();
    if (typeof network === "string") return { url: network };
    return typeof network === "object" ? network : {};
  }

  /** Address of the file; null if neither it nor a server is known. */
  #url() {
    const { serverUrl } = this.#settings();
    const { url } = this.#options;
    return url ?? (serverUrl ? `${addresses(serverUrl).http}/network/network.bin` : null);
  }

  #wanted() {
    return this.#settings().network ? `${this.#url()} ${this.#options.worker}` : "";
  }

  /** Reports once why the network is not used. @param {A2FError} error */
  #report(error) {
    if (this.#reported) return;
    this.#reported = true;
    this.#onError(error);
  }
}
