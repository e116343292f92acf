import { followStream } from "./media_stream.js";
import { bytesOf, PcmVoice } from "./pcm_voice.js";
import { connecting, credentialsOf, openMicrophone, sourceError } from "./source.js";

/**
 * @import { Audio2FaceClient } from "audio2face-client"
 * @import { VoiceSession, VoiceSource, VoiceHost } from "./source.js"
 */

/**
 * @typedef {object} OpenAIRealtimeOptions
 * @property {() => string | Promise<string>} getCredentials returns an ephemeral key, which your server gets from
 *   `POST /v1/realtime/client_secrets`; never a standard key
 * @property {string} [url] default: `https://api.openai.com/v1/realtime/calls`
 * @property {MediaStream | false} [microphone] default: the visitor's, closed with the session; a stream of yours is left
 *   open; false: none
 * @property {(event: any) => void} [onEvent] receives the events of the session, for transcripts and tools
 *
 * @typedef {VoiceSession & {send: (event: object) => void}} OpenAIRealtimeSession `send` sends a client event, such as
 *   `{ type: "response.create" }`.
 */

const NAME = "openAIRealtime";
const CALLS = "https://api.openai.com/v1/realtime/calls";
/** Samples per second of the service's PCM. */
const RATE = 24000;

/**
 * A voice of OpenAI's Realtime API over WebRTC. Its sound is played in sync with the face.
 * @param {OpenAIRealtimeOptions} options
 * @returns {VoiceSource<OpenAIRealtimeSession>}
 */
export function openAIRealtime(options) {
  return async (host) => {
    const key = await credentialsOf(NAME, options?.getCredentials, "an ephemeral key");
    host.signal.throwIfAborted();
    const microphone = options.microphone ?? (await openMicrophone());
    const call = new RealtimeCall(host, microphone, options);
    try {
      await connecting(NAME, () => call.open(key, options.url ?? CALLS, host.signal));
    } catch (error) {
      call.close();
      throw error;
    }
    return call;
  };
}

/** A session over WebRTC. @implements {VoiceSession} */
class RealtimeCall {
  #peer = new RTCPeerConnection();
  #channel = this.#peer.createDataChannel("oai-events");
  #host;
  #microphone;
  #ownsMicrophone;
  /** @type {VoiceSession | null} */
  #voice = null;
  #closed = false;

  /**
   * @param {VoiceHost} host
   * @param {MediaStream | false} microphone
   * @param {OpenAIRealtimeOptions} options
   */
  constructor(host, microphone, options) {
    this.#host = host;
    this.#microphone = microphone;
    this.#ownsMicrophone = options.microphone === undefined;
    if (microphone) for (const track of microphone.getAudioTracks()) this.#peer.addTrack(track, microphone);
    else this.#peer.addTransceiver("audio", { direction: "recvonly" });
    this.#peer.ontrack = ({ track, streams }) => this.#follow(streams[0] ?? new MediaStream([track]));
    this.#peer.onconnectionstatechange = () => this.#watch();
    this.#channel.onmessage = ({ data }) => options.onEvent?.(JSON.parse(data));
    this.#channel.onclose = () => this.#end();
  }

  /** @param {string} key @param {string} url @param {AbortSignal} signal */
  async open(key, url, signal) {
    await this.#peer.setLocalDescription();
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/sdp" };
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body: this.#peer.localDescription?.sdp,
      signal,
    });
    if (!answer.ok) throw new Error(await refusalOf(answer));
    await this.#peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    if (this.#channel.readyState !== "open") await this.#opened(signal);
  }

  /** @param {object} event */
  send(event) {
    this.#channel.send(JSON.stringify(event));
  }

  close() {
    this.#closed = true;
    this.#voice?.close();
    this.#peer.close();
    if (this.#ownsMicrophone && this.#microphone)
      for (const track of this.#microphone.getTracks()) track.stop();
  }

  /** @param {AbortSignal} signal */
  #opened(signal) {
    return new Promise((resolve, reject) => {
      this.#channel.onopen = resolve;
      this.#channel.onclose = () => reject(new Error("the connection was closed while it opened"));
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    }).finally(() => {
      this.#channel.onclose = () => this.#end();
    });
  }

  /** @param {MediaStream} stream */
  #follow(stream) {
    this.#voice?.close();
    this.#voice = followStream(this.#host.client, stream, {
      play: true,
      onEnd: (error) => error && this.#end(error),
    });
  }

  #watch() {
    if (this.#peer.connectionState === "failed") this.#end(new Error("the connection was lost"));
  }

  /** @param {Error} [error] */
  #end(error) {
    if (!this.#closed) this.#host.onEnd(error && sourceError(NAME, error));
  }
}

/** @param {Response} answer */
async function refusalOf(answer) {
  const text = await answer.text();
  try {
    return `${answer.status} ${JSON.parse(text).error.message}`;
  } catch {
    return `${answer.status} ${text.slice(0, 200)}`;
  }
}

/**
 * Plays the voice of a Realtime session over a WebSocket of the app, with the face in sync, and tells the service how much
 * was heard when the visitor interrupts.
 * @param {Audio2FaceClient} client
 * @param {WebSocket} socket
 * @returns {VoiceSession} its `close` stops the voice and leaves the socket open
 */
export function followRealtime(client, socket) {
  const voice = new PcmVoice(client, RATE);
  let item = "";
  let interrupted = false;
  /** @type {Record<string, (event: any) => unknown>} */
  const on = {
    "response.output_audio.delta": ({ item_id, delta }) => {
      if (item_id !== item) {
        voice.end();
        [item, interrupted] = [item_id, false];
      }
      if (!interrupted) voice.write(bytesOf(delta));
    },
    "response.output_audio.done": () => voice.end(),
    "input_audio_buffer.speech_started": async () => {
      interrupted = true;
      voice.cancel();
      const { cancelled, heard } = (await voice.speech?.done) ?? { cancelled: false, heard: 0 };
      const cut = { item_id: item, content_index: 0, audio_end_ms: Math.round(heard * 1000) };
      if (cancelled) socket.send(JSON.stringify({ type: "conversation.item.truncate", ...cut }));
    },
  };
  const onMessage = (/** @type {MessageEvent} */ { data }) => {
    const event = JSON.parse(data);
    on[event.type]?.(event);
  };
  socket.addEventListener("message", onMessage);
  return {
    close() {
      socket.removeEventListener("message", onMessage);
      voice.cancel();
    },
  };
}
