// A simulated browser with its own clock, timers, display, sockets, audio contexts and elements.
import { BLENDSHAPES } from "../../src/arkit.js";

export const TICK = 1000 / 60;

export const READY = {
  type: "ready",
  protocol: 1,
  server: "test",
  fps: 30,
  lookahead: 0.1,
  blendshapes: [...BLENDSHAPES],
  limits: { utterance_s: 600, message_bytes: 1048576, file_bytes: 1048576, queue: 4 },
};

/** Waits for promises to settle, independent of real time. */
export async function settle() {
  for (let i = 0; i < 8; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Returns a binary message of frames; each number sets all 52 weights of a frame. */
export function frameMessage(utterance, first, values, fps = 30) {
  const buffer = new ArrayBuffer(16 + values.length * 52 * 2);
  const view = new DataView(buffer);
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint16(2, values.length, true);
  view.setUint32(4, utterance, true);
  view.setUint32(8, first, true);
  view.setUint32(12, fps, true);
  new Uint16Array(buffer, 16).set(values.flatMap((v) => new Array(52).fill(Math.round(v * 65535))));
  return buffer;
}

export class World {
  time = 1000;
  #timers = [];
  #frames = [];
  #lastHandle = 0;
  sockets = [];
  contexts = [];
  elements = [];
  requests = [];
  /** Answers fetch. */
  answer = () => Response.json({});
  /** Result of decodeAudioData: one second of a tone. */
  decoded = { sampleRate: 16000, samples: new Float32Array(16000).fill(0.3) };

  platform() {
    const world = this;
    return {
      now: () => this.time,
      random: () => 1,
      setTimeout: (callback, ms) => this.#later(callback, ms),
      clearTimeout: (handle) => {
        this.#timers = this.#timers.filter((timer) => timer.handle !== handle);
      },
      requestAnimationFrame: (callback) => this.#frames.push(callback),
      cancelAnimationFrame: () => {
        this.#frames = [];
      },
      fetch: async (url, options) => {
        this.requests.push({ url, ...options });
        return this.answer(url, options);
      },
      WebSocket: class extends FakeSocket {
        constructor(...given) {
          super(...given);
          world.sockets.push(this);
        }
      },
      AudioContext: class extends FakeContext {
        constructor() {
          super(world);
          world.contexts.push(this);
        }
      },
      OfflineAudioContext: class {
        async decodeAudioData() {
          if (!world.decoded) throw new Error("no decoder");
          const { sampleRate, samples } = world.decoded;
          return { sampleRate, numberOfChannels: 1, length: samples.length, getChannelData: () => samples };
        }
      },
    };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  get pendingFrames() {
    return this.#frames.length;
  }

  get pendingTimers() {
    return this.#timers.length;
  }

  element(options) {
    const element = new FakeElement(this, options);
    this.elements.push(element);
    return element;
  }

  /** Advances time in display ticks; `each` is called after each tick. */
  async advance(ms, each = () => {}) {
    const end = this.time + ms;
    while (this.time < end - 1e-6) {
      this.#pass(Math.min(TICK, end - this.time));
      await settle();
      each();
    }
  }

  #pass(ms) {
    this.time += ms;
    for (const context of this.contexts) context.pass(ms);
    for (const element of this.elements) element.pass(ms);
    for (const timer of this.#timers.filter(({ at }) => at <= this.time)) {
      if (!this.#timers.includes(timer)) continue;
      this.#timers = this.#timers.filter((other) => other !== timer);
      timer.callback();
    }
    for (const callback of this.#frames.splice(0)) callback(this.time);
  }

  #later(callback, ms) {
    const handle = ++this.#lastHandle;
    this.#timers.push({ handle, callback, at: this.time + ms });
    return handle;
  }
}

export class FakeSocket {
  readyState = 0;
  sent = [];
  constructor(url, protocols) {
    this.url = url;
    this.protocols = protocols;
  }

  /** JSON messages sent by the client. */
  get messages() {
    return this.sent.filter((data) => typeof data === "string").map((data) => JSON.parse(data));
  }

  /** Bytes of audio sent by the client. */
  get audioBytes() {
    return this.sent.reduce((sum, data) => sum + (typeof data === "string" ? 0 : data.byteLength), 0);
  }

  last(type) {
    return this.messages.filter((message) => message.type === type).at(-1);
  }

  send(data) {
    this.sent.push(typeof data === "string" ? data : data.slice());
  }

  close() {
    this.readyState = 3;
  }

  welcome(changes = {}) {
    this.readyState = 1;
    this.say({ ...READY, ...changes });
  }

  say(message) {
    this.onmessage?.({ data: message instanceof ArrayBuffer ? message : JSON.stringify(message) });
  }

  /** Accepts the utterance. */
  started(utterance = this.last("start").utterance) {
    this.say({ type: "started", utterance, fps: this.last("start").fps, lookahead: 0.1, sample_rate: 16000 });
    return utterance;
  }

  drop(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

class FakeContext extends EventTarget {
  state = "running";
  currentTime = 0;
  sampleRate = 48000;
  baseLatency = 0;
  destination = {};
  nodes = [];
  closed = false;
  #world;
  constructor(world) {
    super();
    this.#world = world;
  }

  /** Changes the state, as the system does. */
  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }

  pass(ms) {
    if (this.state === "running") this.currentTime += ms / 1000;
  }

  async resume() {
    if (!this.#world.locked) this.become("running");
  }

  async close() {
    this.closed = true;
    this.state = "closed";
  }

  createGain() {
    const gain = { value: 1, setValueAtTime() {}, linearRampToValueAtTime() {} };
    return { gain, connect() {}, disconnect() {} };
  }

  createBuffer(channels, length, sampleRate) {
    const planes = Array.from({ length: channels }, () => new Float32Array(length));
    return { numberOfChannels: channels, length, sampleRate, getChannelData: (i) => planes[i] };
  }

  createBufferSource() {
    const node = {
      connect() {},
      start(when) {
        node.when = when;
      },
      stop(when) {
        node.stopped = when;
      },
    };
    this.nodes.push(node);
    return node;
  }

  createMediaStreamSource() {
    return { connect() {}, disconnect() {} };
  }

  createDelay() {
    const delayTime = {
      value: 0,
      setTargetAtTime(value) {
        delayTime.value = value;
      },
    };
    this.delay = { delayTime, connected: false };
    this.delay.connect = () => {
      this.delay.connected = true;
    };
    this.delay.disconnect = () => {
      this.delay.connected = false;
    };
    return this.delay;
  }

  createScriptProcessor(size) {
    this.processor = { size, connect() {}, disconnect() {} };
    return this.processor;
  }

  /** Delivers samples to the microphone. */
  hear(samples) {
    this.processor.onaudioprocess({ inputBuffer: { getChannelData: () => samples } });
  }
}

export class FakeElement extends EventTarget {
  paused = true;
  ended = false;
  seeking = false;
  readyState = 4;
  playbackRate = 1;
  error = null;
  #true = 0;
  #shown = 0;
  #sinceShown = 0;
  #world;
  /** `step`: how often currentTime is updated, in seconds. */
  constructor(world, { duration = 1, step = 0 } = {}) {
    super();
    this.#world = world;
    this.duration = duration;
    this.step = step;
  }

  /** True playback position. */
  get heard() {
    return this.#true;
  }

  get currentTime() {
    return this.step ? this.#shown : this.#true;
  }

  set currentTime(time) {
    this.#true = this.#shown = time;
  }

  async play() {
    if (this.#world.locked)
      throw Object.assign(new Error("a gesture is wanted"), { name: "NotAllowedError" });
    this.paused = false;
  }

  pause() {
    this.paused = true;
  }

  fail() {
    this.error = { code: 4 };
    this.dispatchEvent(new Event("error"));
  }

  pass(ms) {
    if (this.paused || this.ended) return;
    this.#true += (ms / 1000) * this.playbackRate;
    this.#sinceShown += ms / 1000;
    if (this.#sinceShown >= this.step) {
      this.#shown = this.#true;
      this.#sinceShown = 0;
    }
    if (this.#true < this.duration) return;
    this.#true = this.#shown = this.duration;
    this.ended = true;
    this.dispatchEvent(new Event("ended"));
  }
}

/** Returns a mesh with these morph targets. */
export function mesh(names) {
  return {
    morphTargetDictionary: Object.fromEntries(names.map((name, i) => [name, i])),
    morphTargetInfluences: names.map(() => 0),
    value(name) {
      return this.morphTargetInfluences[this.morphTargetDictionary[name]];
    },
  };
}

/** Records emitted events, with their names. */
export function record(client, ...names) {
  const log = [];
  for (const name of names) client.on(name, (payload) => log.push({ event: name, ...payload }));
  return log;
}
