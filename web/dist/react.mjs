"use client";
/* audio2face-client 0.1.0, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */

// src/sources/eleven_labs.js
import { A2FError as A2FError3 } from "audio2face-client";

// src/sources/live_kit.js
import { A2FError as A2FError2 } from "audio2face-client";

// src/sources/media_stream.js
function followStream(client, stream, { play = false, onEnd } = {}) {
  let closed = false;
  let session;
  const end = (error) => {
    if (!closed) onEnd?.(error);
    closed = true;
  };
  const follow = async () => {
    session = client.listen(stream, { play });
    await session.ready;
    const { cancelled } = await session.done;
    if (closed) return;
    if (cancelled && isLive(stream)) return follow();
    end(void 0);
  };
  follow().catch(end);
  return {
    close() {
      closed = true;
      session?.cancel();
    }
  };
}
function mediaStream(stream, options) {
  return async ({ client, onEnd }) => followStream(client, stream, { ...options, onEnd });
}
function isLive(stream) {
  return stream.getAudioTracks().some(({ readyState }) => readyState !== "ended");
}

// src/sources/source.js
import { A2FError } from "audio2face-client";
async function loadSdk(name, packageName, sdk, fits) {
  const remedy = `npm install ${packageName}, and give ${name}() { sdk: () => import('${packageName}') }.`;
  let loaded;
  try {
    const isLoader = typeof sdk === "function" && !fits(
      /** @type {Sdk} */
      sdk
    );
    loaded = isLoader ? await /** @type {() => Promise<Sdk>} */
    sdk() : (
      /** @type {Sdk | undefined} */
      sdk
    );
  } catch (error) {
    throw new A2FError("not_installed", `${packageName} cannot be loaded (${reasonOf(error)}): ${remedy}`);
  }
  if (loaded && fits(loaded)) return loaded;
  throw new A2FError("not_installed", `${name}() needs the SDK ${packageName}: ${remedy}`);
}
async function credentialsOf(name, getCredentials, what) {
  if (typeof getCredentials !== "function")
    throw new A2FError(
      "bad_argument",
      `${name}() needs getCredentials, a function that returns ${what} from your server.`
    );
  let credentials;
  try {
    credentials = await getCredentials();
  } catch (error) {
    throw new A2FError("unauthorized", `${name}(): getCredentials failed: ${reasonOf(error)}`);
  }
  if (typeof credentials === "string" && /\s/.test(credentials.trim()))
    throw new A2FError(
      "unauthorized",
      `${name}(): getCredentials returned a page or a message instead of ${what}: "${credentials.trim().slice(0, 80)}".`
    );
  if (credentials) return (
    /** @type {NonNullable<Credentials>} */
    credentials
  );
  throw new A2FError("unauthorized", `${name}(): getCredentials returned nothing; it must return ${what}.`);
}
async function connecting(name, step) {
  try {
    return await step();
  } catch (error) {
    throw sourceError(name, error);
  }
}
function sourceError(name, cause) {
  return cause instanceof A2FError ? cause : new A2FError("source_failed", `${name}: ${reasonOf(cause)}`);
}
async function openMicrophone() {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });
  } catch (error) {
    throw new A2FError(
      "microphone_failed",
      `The microphone cannot be used (${reasonOf(error)}); the page needs HTTPS and the visitor's permission.`
    );
  }
}
function reasonOf(error) {
  const { message, errorMsg, error: inner } = (
    /** @type {any} */
    error ?? {}
  );
  if (typeof message === "string" && message) return message;
  if (typeof errorMsg === "string") return errorMsg;
  return inner && inner !== error ? reasonOf(inner) : String(error);
}

// src/sources/live_kit.js
var NAME = "liveKit";
var TOPIC = "face";
function liveKit(options) {
  return async ({ client, signal, onEnd }) => {
    const { sdk, getCredentials, room: given, ...rest } = options ?? {};
    if (given) return attach(client, given, { play: false, ...rest, onEnd });
    const { Room } = await loadSdk(
      NAME,
      "livekit-client",
      sdk,
      (module) => typeof module.Room === "function"
    );
    const { url, token } = await credentialsOf(NAME, getCredentials, "{ url, token }");
    if (!url || !token)
      throw new A2FError2("bad_argument", `${NAME}(): getCredentials must return { url, token }.`);
    signal.throwIfAborted();
    const room = new Room();
    const session = attach(client, room, { play: !rest.relay, ...rest, onEnd });
    const close = async () => {
      session.close();
      await room.disconnect();
    };
    try {
      await connecting(NAME, () => room.connect(url, token));
      await connecting(NAME, () => room.localParticipant.setMicrophoneEnabled(true));
    } catch (error) {
      await close();
      throw error;
    }
    return { room, close };
  };
}
function attach(client, room, { relay = false, ...options }) {
  const { close } = relay ? followRelay(client, room, options) : followRoom(client, room, options);
  return { room, close };
}
function followRoom(client, room, { participant, play = false, onTrack, onEnd }) {
  let followed = null;
  const isWanted = (each) => participant ? each.identity === participant : isAgent(each);
  const drop = () => {
    followed?.session.close();
    followed = null;
  };
  const follow = (track, _, speaker) => {
    if (track?.kind !== "audio" || !isWanted(speaker) || track === followed?.track) return;
    drop();
    const stream = new MediaStream([track.mediaStreamTrack]);
    const report = (error) => error && onEnd?.(sourceError(NAME, error));
    followed = { track, session: followStream(client, stream, { play, onEnd: report }) };
    onTrack?.();
  };
  const stop = listenTo(room, {
    trackSubscribed: follow,
    trackUnsubscribed: (track) => track === followed?.track && drop(),
    disconnected: () => {
      drop();
      onEnd?.();
    }
  });
  for (const speaker of room.remoteParticipants?.values() ?? [])
    for (const { track } of speaker.trackPublications.values()) follow(track, null, speaker);
  return {
    close() {
      stop();
      drop();
    }
  };
}
function followRelay(client, room, { onEnd }) {
  const attached = /* @__PURE__ */ new Set();
  const stop = listenTo(room, {
    trackSubscribed: (track) => {
      if (track.kind !== "audio") return;
      attached.add(track);
      document.body.append(track.attach());
    },
    trackUnsubscribed: (track) => detach(track),
    dataReceived: (...[payload, , , topic]) => {
      if (topic === TOPIC) client.receive(JSON.parse(new TextDecoder().decode(payload)));
    },
    disconnected: () => onEnd?.()
  });
  return {
    close() {
      stop();
      for (const track of attached) detach(track);
      client.cancel();
    }
  };
}
function detach(track) {
  for (const element of track.detach()) element.remove();
}
function listenTo(room, handlers) {
  for (const [event, handler] of Object.entries(handlers)) room.on(event, handler);
  return () => {
    for (const [event, handler] of Object.entries(handlers)) room.off(event, handler);
  };
}
var isAgent = ({ isAgent: isAgent2, identity }) => isAgent2 || Boolean(identity?.includes("agent"));

// src/sources/pcm_voice.js
var PAUSE_MS = 500;
var PcmVoice = class {
  #client;
  #sampleRate;
  #cutsAtPauses;
  /** An answer is being written. */
  #open = false;
  /** @type {PcmStream | null} */
  #speech = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /**
   * @param {Audio2FaceClient} client
   * @param {number} sampleRate Hertz
   * @param {{cutsAtPauses?: boolean}} [options] cutsAtPauses: an answer ends when nothing comes for half a second, for
   *   services that do not tell
   */
  constructor(client, sampleRate, { cutsAtPauses = false } = {}) {
    this.#client = client;
    this.#sampleRate = sampleRate;
    this.#cutsAtPauses = cutsAtPauses;
  }
  /** The latest utterance. @returns {PcmStream | null} */
  get speech() {
    return this.#speech;
  }
  /** @param {Int16Array | Uint8Array} pcm 16-bit samples, or their bytes */
  write(pcm) {
    if (!this.#open) this.#speech = this.#client.start({ sampleRate: this.#sampleRate });
    this.#open = true;
    this.#speech?.write(pcm);
    clearTimeout(this.#timer);
    if (this.#cutsAtPauses) this.#timer = setTimeout(() => this.end(), PAUSE_MS);
  }
  /** Tells that the answer is complete. */
  end() {
    clearTimeout(this.#timer);
    if (this.#open) this.#speech?.end();
    this.#open = false;
  }
  /** Stops playing, and drops what waits: the visitor interrupts. */
  cancel() {
    clearTimeout(this.#timer);
    this.#open = false;
    this.#client.cancel();
  }
};
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
function decodeMuLaw(bytes) {
  return Int16Array.from(bytes, (byte) => {
    const inverted = ~byte;
    const magnitude = (((inverted & 15) << 3) + 132 << (inverted >> 4 & 7)) - 132;
    return inverted & 128 ? -magnitude : magnitude;
  });
}

// src/sources/eleven_labs.js
var NAME2 = "elevenLabs";
var FORMAT = { format: "pcm", sampleRate: 16e3 };
function elevenLabs(options) {
  return async ({ client, signal, onEnd }) => {
    const { sdk, getCredentials, ...own } = options ?? {};
    const { Conversation } = await loadSdk(NAME2, "@elevenlabs/client", sdk, hasConversation);
    const credentials = sessionOf(await credentialsOf(NAME2, getCredentials, "a signed URL or a token"));
    signal.throwIfAborted();
    const call = new AgentCall(client, onEnd);
    const connectionType = "conversationToken" in credentials ? "webrtc" : "websocket";
    const session = { connectionType, ...own, ...credentials, ...call.callbacks(own) };
    call.start(await connecting(NAME2, () => Conversation.startSession(session)));
    return call;
  };
}
var AgentCall = class {
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
      onAudio: (base64) => {
        this.#write(base64);
        own.onAudio?.(base64);
      },
      onInterruption: (event) => {
        this.#voice?.cancel();
        own.onInterruption?.(event);
      },
      onDisconnect: (details) => {
        const broken = details?.reason === "error" ? sourceError(NAME2, details) : void 0;
        if (!this.#closed) this.#onEnd(broken);
        own.onDisconnect?.(details);
      }
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
};
var hasConversation = (sdk) => typeof sdk.Conversation?.startSession === "function";
function sessionOf(credentials) {
  if (typeof credentials === "object") return credentials;
  if (/^wss?:/.test(credentials)) return { signedUrl: credentials };
  if (/^https?:/.test(credentials))
    throw new A2FError3("bad_argument", `${NAME2}(): a signed URL begins with wss://, not with https://.`);
  return { conversationToken: credentials };
}

// src/sources/openai_realtime.js
var NAME3 = "openAIRealtime";
var CALLS = "https://api.openai.com/v1/realtime/calls";
var RATE = 24e3;
function openAIRealtime(options) {
  return async (host) => {
    const key = await credentialsOf(NAME3, options?.getCredentials, "an ephemeral key");
    host.signal.throwIfAborted();
    const microphone = options.microphone ?? await openMicrophone();
    const call = new RealtimeCall(host, microphone, options);
    try {
      await connecting(NAME3, () => call.open(key, options.url ?? CALLS, host.signal));
    } catch (error) {
      call.close();
      throw error;
    }
    return call;
  };
}
var RealtimeCall = class {
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
    this.#ownsMicrophone = options.microphone === void 0;
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
      signal
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
      onEnd: (error) => error && this.#end(error)
    });
  }
  #watch() {
    if (this.#peer.connectionState === "failed") this.#end(new Error("the connection was lost"));
  }
  /** @param {Error} [error] */
  #end(error) {
    if (!this.#closed) this.#host.onEnd(error && sourceError(NAME3, error));
  }
};
async function refusalOf(answer) {
  const text = await answer.text();
  try {
    return `${answer.status} ${JSON.parse(text).error.message}`;
  } catch {
    return `${answer.status} ${text.slice(0, 200)}`;
  }
}
function followRealtime(client, socket) {
  const voice = new PcmVoice(client, RATE);
  let item = "";
  let interrupted = false;
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
      const { cancelled, heard } = await voice.speech?.done ?? { cancelled: false, heard: 0 };
      const cut = { item_id: item, content_index: 0, audio_end_ms: Math.round(heard * 1e3) };
      if (cancelled) socket.send(JSON.stringify({ type: "conversation.item.truncate", ...cut }));
    }
  };
  const onMessage = ({ data }) => {
    const event = JSON.parse(data);
    on[event.type]?.(event);
  };
  socket.addEventListener("message", onMessage);
  return {
    close() {
      socket.removeEventListener("message", onMessage);
      voice.cancel();
    }
  };
}

// src/sources/vapi.js
import { A2FError as A2FError4 } from "audio2face-client";
var NAME4 = "vapi";
var FATAL = /* @__PURE__ */ new Set(["validation-error", "start-method-error", "daily-error"]);
function vapi(options) {
  return async (host) => {
    const { sdk, getCredentials, assistant, overrides } = options ?? {};
    if (!assistant)
      throw new A2FError4("bad_argument", `${NAME4}() needs assistant, the id of one of your assistants.`);
    const module = await loadSdk(NAME4, "@vapi-ai/web", sdk, (each) => Boolean(classOf(each)));
    const Vapi = (
      /** @type {VapiClass} */
      classOf(module)
    );
    if (!Vapi.prototype.getAudioPlayer)
      throw new A2FError4("not_installed", `${NAME4}() needs version 2.6 of @vapi-ai/web or later: update it.`);
    const token = await credentialsOf(NAME4, getCredentials, "a public key or a token");
    host.signal.throwIfAborted();
    const call = new VapiCall(new Vapi(token), host, options);
    try {
      await connecting(NAME4, () => call.start(assistant, overrides));
    } catch (error) {
      await call.close();
      throw error;
    }
    return call;
  };
}
var VapiCall = class {
  vapi;
  #host;
  /** @type {VoiceSession | null} */
  #voice = null;
  /** @type {unknown} */
  #failure = null;
  #closed = false;
  /** @param {any} vapi @param {VoiceHost} host @param {VapiOptions} options */
  constructor(vapi2, host, { onMessage }) {
    this.vapi = vapi2;
    this.#host = host;
    vapi2.on("audio", (player) => this.#follow(player));
    vapi2.on("call-end", () => this.#end());
    vapi2.on("error", (error) => {
      if (FATAL.has(error?.type)) this.#failure = error;
    });
    if (onMessage) vapi2.on("message", onMessage);
  }
  /** @param {string | object} assistant @param {object} [overrides] */
  async start(assistant, overrides) {
    const call = await this.vapi.start(assistant, overrides);
    if (!call) throw this.#failure ?? new Error("the call was not started");
    this.#failure = null;
  }
  async close() {
    this.#closed = true;
    this.#voice?.close();
    await this.vapi.stop();
  }
  /** @param {HTMLAudioElement} player of the SDK */
  #follow(player) {
    const stream = (
      /** @type {MediaStream | null} */
      player.srcObject
    );
    if (!stream || this.#closed) return;
    player.muted = true;
    this.#voice?.close();
    this.#voice = followStream(this.#host.client, stream, {
      play: true,
      onEnd: (error) => error && this.#end(error)
    });
  }
  /** @param {unknown} [error] */
  #end(error = this.#failure) {
    if (this.#closed) return;
    this.#voice?.close();
    this.#host.onEnd(error ? sourceError(NAME4, error) : void 0);
  }
};
function classOf(sdk) {
  return [sdk, sdk?.default, sdk?.default?.default].find(
    (each) => typeof each === "function" && typeof each.prototype?.start === "function"
  );
}

// src/react/avatar_canvas.js
import { A2FError as A2FError6 } from "audio2face-client";
import { Component, createElement, Fragment, useEffect as useEffect2, useState as useState2 } from "react";

// src/react/three_modules.js
import { A2FError as A2FError5 } from "audio2face-client";
import { useEffect, useState } from "react";
var loading = null;
function loadThree(importing = importThree) {
  loading ??= importing().catch((error) => {
    loading = null;
    const remedy = "npm install three @react-three/fiber";
    throw new A2FError5(
      "not_installed",
      `TalkingAvatar needs the packages three and @react-three/fiber: ${remedy} (${reasonOf(error)}).`
    );
  });
  return loading;
}
async function importThree() {
  try {
    const { GLTFLoader } = await import("three/addons/loaders/GLTFLoader.js");
    const fiber = await import("@react-three/fiber");
    return { fiber, GLTFLoader };
  } catch (error) {
    return Promise.reject(error);
  }
}
function useThreeModules(onError) {
  const [modules, setModules] = useState(
    /** @type {ThreeModules | null} */
    null
  );
  useEffect(() => {
    let mounted = true;
    loadThree().then(
      (loaded) => mounted && setModules(loaded),
      (error) => mounted && onError(error)
    );
    return () => {
      mounted = false;
    };
  }, []);
  return modules;
}

// src/react/avatar_canvas.js
var FILL = { width: "100%", height: "100%" };
function AvatarCanvas({
  children,
  fallback = null,
  onError = warn,
  label = "Talking avatar",
  ...rest
}) {
  const [failed, setFailed] = useState2(false);
  const fail = (error) => {
    setFailed(true);
    onError(error);
  };
  const modules = useThreeModules(fail);
  const webgl = useWebGL(fail);
  if (failed) return createElement(Fragment, null, fallback);
  if (!modules || !webgl) return createElement("div", { style: FILL });
  const { Canvas } = modules.fiber;
  const canvas = createElement(Canvas, { role: "img", "aria-label": label, ...rest }, children);
  return createElement(Boundary, { onError: fail }, canvas);
}
function useWebGL(onError) {
  const [found, setFound] = useState2(false);
  useEffect2(() => {
    if (hasWebGL()) setFound(true);
    else onError(new A2FError6("no_webgl", NO_WEBGL));
  }, []);
  return found;
}
var NO_WEBGL = "This browser has no WebGL 2, or it is switched off, so the avatar cannot be shown. Turn on hardware acceleration.";
function hasWebGL() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}
var Boundary = class extends Component {
  state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  /** @param {Error} error */
  componentDidCatch(error) {
    this.props.onError(error);
  }
  render() {
    return this.state.failed ? null : this.props.children;
  }
};
function warn({ message }) {
  console.error(`Audio2FaceClient: ${message}`);
}

// src/react/talking_avatar.js
import { A2FError as A2FError8 } from "audio2face-client";
import { createElement as createElement2, useEffect as useEffect4, useState as useState4 } from "react";

// src/react/avatar_file.js
import { A2FError as A2FError7 } from "audio2face-client";
import { useEffect as useEffect3, useState as useState3 } from "react";
function useAvatarFile(url, load, onError) {
  const [avatar, setAvatar] = useState3(
    /** @type {Avatar | null} */
    null
  );
  useEffect3(() => {
    let wanted = true;
    const run = async () => {
      await null;
      if (!wanted) return;
      try {
        const loaded = avatarOf(await load(url));
        if (wanted) setAvatar(loaded);
        else freeScene(loaded.scene);
      } catch (error) {
        if (wanted) onError(loadError(url, error));
      }
    };
    void run();
    return () => {
      wanted = false;
    };
  }, [url]);
  useEffect3(() => avatar ? () => freeScene(avatar.scene) : void 0, [avatar]);
  return avatar;
}
function avatarOf(loaded) {
  const vrm = loaded?.userData?.vrm ?? (loaded?.humanoid ? loaded : null);
  const scene = vrm?.scene ?? loaded?.scene ?? loaded;
  if (typeof scene?.traverse !== "function") throw new Error("it is no glTF, VRM or object of Three.js");
  return { scene, target: vrm ?? loaded, vrm };
}
function loadError(url, error) {
  const remedy = "Check url: it must lead to a GLB or VRM, and another origin must allow this page (CORS).";
  return new A2FError7("bad_avatar", `The avatar ${url} cannot be loaded (${reasonOf(error)}). ${remedy}`);
}
function freeScene(scene) {
  scene.traverse((object) => {
    object.geometry?.dispose();
    object.skeleton?.dispose();
    for (const material of [object.material ?? []].flat()) {
      for (const value of Object.values(material)) if (value?.isTexture) value.dispose();
      material.dispose();
    }
  });
}

// src/react/is_same.js
var DEPTH = 2;
function isSame(a, b, depth = DEPTH) {
  if (Object.is(a, b)) return true;
  if (depth === 0 || !isPlain(a) || !isPlain(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && isSame(a[name], b[name], depth - 1));
}
function isPlain(value) {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

// src/react/talking_avatar.js
function TalkingAvatar(props) {
  const modules = useThreeModules(props.onError ?? warn2);
  return modules && createElement2(AvatarInScene, { ...props, modules });
}
function AvatarInScene(props) {
  const { url, face, load, map, eyeContact = true, onLoad, onError = warn2, modules, ...rest } = props;
  const { fiber, GLTFLoader } = modules;
  const avatar = useAvatarFile(url, load ?? ((address) => new GLTFLoader().loadAsync(address)), onError);
  useBinding(face.client, avatar, useStable(map), onLoad, onError);
  useTicks(fiber, face.client, avatar);
  useEyeContact(
    face,
    fiber.useThree((state) => state.camera),
    eyeContact
  );
  return avatar && createElement2("primitive", { ...rest, object: avatar.scene });
}
function useBinding(client, avatar, map, onLoad, onError) {
  useEffect4(() => {
    if (!client || !avatar) return;
    const moves = client.initializeWithScene(avatar.target, { map });
    if (!moves) onError(new A2FError8("bad_avatar", `The avatar cannot move. ${client.binding?.advice}`));
    onLoad?.(avatar.target);
    return () => {
      client.initializeWithScene([]);
    };
  }, [client, avatar, map]);
}
function useTicks(fiber, client, avatar) {
  const onDemand = fiber.useThree((state) => state.frameloop === "demand");
  const invalidate = fiber.useThree((state) => state.invalidate);
  useEffect4(() => {
    if (!client || !avatar) return;
    client.configure({ autoUpdate: false });
    const stop = onDemand ? watchFace(client, invalidate) : () => {
    };
    return () => {
      stop();
      client.configure({ autoUpdate: true });
    };
  }, [client, avatar, onDemand, invalidate]);
  fiber.useFrame((_, delta) => {
    if (!avatar) return;
    if (!onDemand) client?.update();
    avatar.vrm?.update(delta);
  });
}
function watchFace(client, onMove) {
  let shown = Number.NaN;
  let handle = 0;
  const tick = () => {
    handle = requestAnimationFrame(tick);
    client.update();
    const sum = client.weights.reduce((total, weight, i) => total + weight * (i + 1), 0);
    if (sum !== shown || client.getDebugState().alive) onMove();
    shown = sum;
  };
  tick();
  return () => cancelAnimationFrame(handle);
}
function useEyeContact({ client, life }, camera, wanted) {
  useEffect4(() => {
    const given = typeof life === "object" ? life : {};
    if (!client || !life || !wanted || given.camera) return;
    client.configure({ life: { ...given, camera } });
    return () => {
      client.configure({ life });
    };
  }, [client, life, camera, wanted]);
}
function useStable(value) {
  const [held, setHeld] = useState4(value);
  if (isSame(held, value)) return held;
  setHeld(value);
  return value;
}
function warn2({ message }) {
  console.error(`Audio2FaceClient: ${message}`);
}

// src/react/use_face.js
import { useEffect as useEffect5, useState as useState5, useSyncExternalStore } from "react";

// src/react/face_store.js
import { Audio2FaceClient } from "audio2face-client";
var CALLBACKS = (
  /** @type {const} */
  ["getToken"]
);
var UNMOUNTED = {
  client: null,
  speaking: false,
  rank: "neutral",
  connection: "idle",
  error: null,
  life: false
};
var FaceStore = class {
  #face = UNMOUNTED;
  /** @type {FaceOptions} */
  #options = {};
  /** @type {Set<() => void>} */
  #listeners = /* @__PURE__ */ new Set();
  subscribe = (listener) => {
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
    const changes = {};
    for (
      const name of
      /** @type {(keyof Settings)[]} */
      Object.keys(defaults)
    )
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
    getToken: () => (
      /** @type {NonNullable<FaceOptions["getToken"]>} */
      this.#options.getToken()
    )
  };
  /** @param {Partial<Face>} changes */
  #set(changes) {
    const next = { ...this.#face, ...changes };
    if (isSame(this.#face, next)) return;
    this.#face = next;
    for (const listener of this.#listeners) listener();
  }
};

// src/react/use_face.js
function useFace(options = {}) {
  const [store] = useState5(() => new FaceStore());
  useEffect5(() => store.update(options));
  useEffect5(() => () => store.dispose(), [store]);
  return useSyncExternalStore(store.subscribe, store.read, store.readOnServer);
}

// src/react/use_source.js
import { useEffect as useEffect6, useMemo, useState as useState6, useSyncExternalStore as useSyncExternalStore2 } from "react";

// src/react/source_call.js
var CLOSED = { state: "closed", session: null, error: null };
var SourceCall = class {
  #state = CLOSED;
  /** @type {AbortController | null} */
  #opening = null;
  /** @type {Set<() => void>} */
  #listeners = /* @__PURE__ */ new Set();
  /** @type {Audio2FaceClient | null} */
  client = null;
  /** @type {VoiceSource | null} */
  source = null;
  subscribe = (listener) => {
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
    void client.unlock().catch(() => {
    });
    const onEnd = (error) => this.#end(opening, error);
    try {
      const session = await source({ client, signal: opening.signal, onEnd });
      if (opening.signal.aborted) await closeQuietly(session);
      else this.#set({ state: "open", session, error: null });
    } catch (error) {
      this.#end(
        opening,
        /** @type {Error} */
        error
      );
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
};
async function closeQuietly(session) {
  try {
    await session.close();
  } catch (error) {
    console.warn("Audio2FaceClient: closing the source failed:", error);
  }
}

// src/react/use_source.js
function useSource({ client }, source) {
  const [call] = useState6(() => new SourceCall());
  useEffect6(() => {
    call.source = source;
  });
  useEffect6(() => {
    call.client = client;
    return () => {
      call.close();
      call.client = null;
    };
  }, [call, client]);
  const state = (
    /** @type {CallState<Session>} */
    useSyncExternalStore2(call.subscribe, call.read, call.readOnServer)
  );
  return useMemo(() => ({ ...state, open: call.open, close: call.close }), [call, state]);
}
function useMediaStream({ client }, stream, { play = false, onError } = {}) {
  const [latest] = useState6(() => ({ onError }));
  useEffect6(() => {
    latest.onError = onError;
  });
  useEffect6(() => {
    if (!client || !stream) return;
    const onEnd = (error) => error && latest.onError?.(error);
    const session = followStream(client, stream, { play, onEnd });
    return () => void session.close();
  }, [client, stream, play, latest]);
}
export {
  AvatarCanvas,
  TalkingAvatar,
  elevenLabs,
  followRealtime,
  followStream,
  liveKit,
  mediaStream,
  openAIRealtime,
  useFace,
  useMediaStream,
  useSource,
  vapi
};
