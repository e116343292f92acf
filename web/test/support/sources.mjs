// What sources need: a client that notes what it is asked for, and media of a browser.
import { settle } from "./world.mjs";

export class FakeTrack extends EventTarget {
  kind = "audio";
  readyState = "live";
  stop() {
    this.readyState = "ended";
  }
}

export class FakeStream {
  constructor(tracks = [new FakeTrack()]) {
    this.tracks = tracks;
  }
  getTracks() {
    return this.tracks;
  }
  getAudioTracks() {
    return this.tracks;
  }
}
globalThis.MediaStream = FakeStream;

/** Returns a client with `heard` (streams that it follows), `spoken` (PCM streams) and `cancelled` (a count). */
export function fakeClient() {
  const client = { heard: [], spoken: [], received: [], cancelled: 0 };
  client.listen = (stream, options) => {
    const session = {
      stream,
      ...options,
      ready: client.refusal ? Promise.reject(client.refusal) : Promise.resolve(),
    };
    session.done = new Promise((resolve) => {
      session.end = () => resolve({ cancelled: false });
      session.cancel = () => {
        session.over = true;
        resolve({ cancelled: true });
      };
    });
    client.heard.push(session);
    return session;
  };
  client.start = ({ sampleRate }) => {
    const speech = { sampleRate, samples: 0, ended: false };
    speech.done = new Promise((resolve) => {
      speech.resolve = resolve;
    });
    speech.write = (pcm) => {
      if (!speech.cancelled) speech.samples += pcm instanceof Uint8Array ? pcm.length / 2 : pcm.length;
    };
    speech.end = () => {
      speech.ended = true;
    };
    client.spoken.push(speech);
    return speech;
  };
  client.cancel = () => {
    client.cancelled++;
    for (const session of client.heard) session.cancel();
    for (const speech of client.spoken) {
      speech.ended = speech.cancelled = true;
      speech.resolve({ cancelled: true, heard: 1.25 });
    }
  };
  client.receive = (message) => client.received.push(message);
  return client;
}

/** Opens a source; `ends` lists the reasons why it ended. */
export async function opened(source, client = fakeClient()) {
  const [abort, ends] = [new AbortController(), []];
  const session = await source({ client, signal: abort.signal, onEnd: (error) => ends.push(error ?? null) });
  await settle();
  return { client, session, ends, abort };
}

/** Sets globals for a test. */
export function withGlobals(t, globals) {
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
}

/** Returns something like the emitter of an SDK. */
export class FakeEmitter {
  handlers = new Map();
  on(event, handler) {
    this.handlers.set(event, [...(this.handlers.get(event) ?? []), handler]);
    return this;
  }
  off(event, handler) {
    this.handlers.set(
      event,
      (this.handlers.get(event) ?? []).filter((each) => each !== handler),
    );
    return this;
  }
  emit(event, ...given) {
    for (const handler of this.handlers.get(event) ?? []) handler(...given);
  }
  get listening() {
    return [...this.handlers.values()].flat().length;
  }
}

/** One `samples` long piece of PCM, as services send it. */
export function base64Pcm(samples) {
  return Buffer.from(new Int16Array(samples).fill(1000).buffer).toString("base64");
}
