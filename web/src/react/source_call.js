/**
 * @import { Audio2FaceClient } from "audio2face-client"
 * @import { VoiceSession, VoiceSource } from "../sources/source.js"
 */

/**
 * @template {VoiceSession} [Session=VoiceSession]
 * @typedef {object} CallState
 * @property {"closed" | "opening" | "open"} state
 * @property {Session | null} session the open session
 * @property {Error | null} error why it could not be opened, or broke; an `A2FError`
 */

/** @type {CallState} */
const CLOSED = { state: "closed", session: null, error: null };

/** Opens and closes a source: at most one session at a time, whatever the order of calls. */
export class SourceCall {
  #state = CLOSED;
  /** @type {AbortController | null} */
  #opening = null;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Audio2FaceClient | null} */
  client = null;
  /** @type {VoiceSource | null} */
  source = null;

  subscribe = (/** @type {() => void} */ listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @returns {CallState} */
  read = () => this.#state;

  /** @returns {CallState} */
  readOnServer = () => CLOSED;

  /** Opens the source. Call it in a click handler, or the browser blocks the sound. Errors are in `error`. */
  open = async () => {
    const { client, source } = this;
    if (!client || !source || this.#opening) return;
    const opening = new AbortController();
    this.#opening = opening;
    this.#set({ ...CLOSED, state: "opening" });
    void client.unlock().catch(() => {});
    const onEnd = (/** @type {Error | undefined} */ error) => this.#end(opening, error);
    try {
      const session = await source({ client, signal: opening.signal, onEnd });
      if (opening.signal.aborted) await closeQuietly(session);
      else this.#set({ state: "open", session, error: null });
    } catch (error) {
      this.#end(opening, /** @type {Error} */ (error));
    }
  };

  /** Closes the session, also one that is still opening. */
  close = () => {
    if (this.#opening) this.#end(this.#opening);
  };

  /** @param {AbortController} opening the session that ends @param {Error} [error] */
  #end(opening, error) {
    if (this.#opening !== opening) return;
    const { session } = this.#state;
    this.#opening = null;
    opening.abort();
    this.#set({ ...CLOSED, error: error ?? null });
    if (session) void closeQuietly(session);
  }

  /** @param {CallState} state */
  #set(state) {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** @param {VoiceSession} session */
async function closeQuietly(session) {
  try {
    await session.close();
  } catch (error) {
    console.warn("Audio2FaceClient: closing the source failed:", error);
  }
}
