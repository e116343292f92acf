import { A2FError } from "audio2face-client";
import { followRoom } from "./live_kit.js";
import { bytesOf, decodeMuLaw, PcmVoice } from "./pcm_voice.js";
import { connecting, credentialsOf, loadSdk, sourceError } from "./source.js";

/**
 * @import { Audio2FaceClient } from "audio2face-client"
 * @import { VoiceSession, VoiceSource } from "./source.js"
 */

/**
 * @typedef {{startSession: (options: any) => Promise<any>}} ElevenLabsConversation
 *
 * @typedef {object} ElevenLabsOptions Other fields go to the SDK's `startSession`, such as `onMessage`, `overrides` and
 *   `clientTools`.
 * @property {{Conversation: ElevenLabsConversation} | (() => Promise<{Conversation: ElevenLabsConversation}>)} sdk
 *   the module `@elevenlabs/client`, or a function that imports it
 * @property {() => string | object | Promise<string | object>} getCredentials returns a signed URL (`wss://…`), a conversation
 *   token, or an object for the SDK, such as `{ agentId }` of a public agent
 *
 * @typedef {VoiceSession & {conversation: any}} ElevenLabsSession `conversation` is the SDK's.
 */

const NAME = "elevenLabs";
/** The service's default, for versions of the SDK that do not tell. */
const FORMAT = { format: "pcm", sampleRate: 16000 };

/**
 * An agent of ElevenLabs. Its sound is played by the client, in sync with the face; the SDK's own playback is silent.
 * With a signed URL or a public agent it comes as PCM over a WebSocket, with a conversation token over WebRTC.
 * @param {ElevenLabsOptions & Record<string, any>} options
 * @returns {VoiceSource<ElevenLabsSession>}
 */
export function elevenLabs(options) {
  return async ({ client, signal, onEnd }) => {
    const { sdk, getCredentials, ...own } = options ?? {};
    const { Conversation } = await loadSdk(NAME, "@elevenlabs/client", sdk, hasConversation);
    const credentials = sessionOf(await credentialsOf(NAME, getCredentials, "a signed URL or a token"));
    signal.throwIfAborted();
    const call = new AgentCall(client, onEnd);
    const connectionType = "conversationToken" in credentials ? "webrtc" : "websocket";
    const session = { connectionType, ...own, ...credentials, ...call.callbacks(own) };
    call.start(await connecting(NAME, () => Conversation.startSession(session)));
    return call;
  };
}

/** @implements {VoiceSession} */
class AgentCall {
  /** The SDK's conversation. @type {any} */
  conversation = null;
  #client;
  #onEnd;
  /** Audio that came before the SDK returned the conversation. @type {string[]} */
  #early = [];
  /** @type {PcmVoice | null} */
  #voice = null;
  #mulaw = false;
  /** @type {VoiceSession | null} */
  #room = null;
  #closed = false;

  /** @param {Audio2FaceClient} client @param {(error?: Error) => void} onEnd */
  constructor(client, onEnd) {
    this.#client = client;
    this.#onEnd = onEnd;
  }

  /** Returns callbacks for the SDK; those of the app are called too. @param {Record<string, any>} own */
  callbacks(own) {
    return {
      onAudio: (/** @type {string} */ base64) => {
        this.#write(base64);
        own.onAudio?.(base64);
      },
      onInterruption: (/** @type {any} */ event) => {
        this.#voice?.cancel();
        own.onInterruption?.(event);
      },
      onDisconnect: (/** @type {any} */ details) => {
        const broken = details?.reason === "error" ? sourceError(NAME, details) : undefined;
        if (!this.#closed) this.#onEnd(broken);
        own.onDisconnect?.(details);
      },
    };
  }

  /** @param {any} conversation */
  start(conversation) {
    this.conversation = conversation;
    const { connection } = conversation;
    const mute = () => conversation.setVolume?.({ volume: 0 });
    mute();
    const room = connection?.getRoom?.();
    if (room) {
      this.#early = [];
      this.#room = followRoom(this.#client, room, { play: true, onTrack: mute, onEnd: this.#onEnd });
    } else this.#play(connection?.outputFormat ?? FORMAT);
  }

  async close() {
    this.#closed = true;
    this.#room?.close();
    this.#voice?.cancel();
    await this.conversation?.endSession();
  }

  /** @param {{format: string, sampleRate: number}} format of the agent's audio */
  #play({ format, sampleRate }) {
    this.#mulaw = format === "ulaw";
    this.#voice = new PcmVoice(this.#client, sampleRate, { cutsAtPauses: true });
    for (const base64 of this.#early.splice(0)) this.#write(base64);
  }

  /** @param {string} base64 */
  #write(base64) {
    if (this.#closed || this.#room) return;
    if (!this.#voice) this.#early.push(base64);
    else this.#voice.write(this.#mulaw ? decodeMuLaw(bytesOf(base64)) : bytesOf(base64));
  }
}

/** @param {any} sdk */
const hasConversation = (sdk) => typeof sdk.Conversation?.startSession === "function";

/** @param {string | object} credentials */
function sessionOf(credentials) {
  if (typeof credentials === "object") return credentials;
  if (/^wss?:/.test(credentials)) return { signedUrl: credentials };
  if (/^https?:/.test(credentials))
    throw new A2FError("bad_argument", `${NAME}(): a signed URL begins with wss://, not with https://.`);
  return { conversationToken: credentials };
}
