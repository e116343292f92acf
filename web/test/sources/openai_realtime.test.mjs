import assert from "node:assert/strict";
import { test } from "node:test";
import { followRealtime, openAIRealtime } from "../../src/sources/index.js";
import { base64Pcm, FakeStream, fakeClient, opened, withGlobals } from "../support/sources.mjs";
import { settle } from "../support/world.mjs";

/** A browser whose peers are answered. `refuse`: status and body of the answer. */
function browser(t, { refuse, microphone = async () => new FakeStream() } = {}) {
  const seen = { peers: [], requests: [], microphones: [] };
  class FakePeer {
    connectionState = "new";
    tracks = [];
    constructor() {
      seen.peers.push(this);
    }
    createDataChannel(label) {
      this.channel = {
        label,
        readyState: "connecting",
        sent: [],
        send: (text) => this.channel.sent.push(text),
      };
      return this.channel;
    }
    addTrack(track) {
      this.tracks.push(track);
    }
    addTransceiver(...given) {
      this.transceiver = given;
    }
    async setLocalDescription() {
      this.localDescription = { sdp: "offer" };
    }
    async setRemoteDescription(answer) {
      this.answer = answer;
      setImmediate(() => {
        this.channel.readyState = "open";
        this.channel.onopen?.();
      });
    }
    close() {
      this.closed = true;
      this.channel.onclose?.();
    }
    /** The other side sends its voice. */
    speak(stream = new FakeStream()) {
      this.ontrack({ track: stream.tracks[0], streams: [stream] });
      return stream;
    }
  }
  const fetch = async (url, options) => {
    seen.requests.push({ url, ...options });
    return refuse ? new Response(refuse[1], { status: refuse[0] }) : new Response("answer");
  };
  const mediaDevices = {
    getUserMedia: async () => {
      const stream = await microphone();
      seen.microphones.push(stream);
      return stream;
    },
  };
  withGlobals(t, { RTCPeerConnection: FakePeer, fetch, navigator: { mediaDevices } });
  return seen;
}

const getCredentials = async () => "ek_test";

test("a call is opened with the ephemeral key, and its voice moves the face", async (t) => {
  const seen = browser(t);
  const { client, session, ends } = await opened(openAIRealtime({ getCredentials }));
  const [{ url, headers, body }] = seen.requests;
  assert.deepEqual(
    [url, headers.Authorization, headers["Content-Type"], body],
    ["https://api.openai.com/v1/realtime/calls", "Bearer ek_test", "application/sdp", "offer"],
  );
  const [peer] = seen.peers;
  assert.deepEqual(peer.answer, { type: "answer", sdp: "answer" });
  assert.equal(peer.channel.label, "oai-events");
  assert.equal(peer.tracks.length, 1);
  const stream = peer.speak();
  await settle();
  assert.deepEqual(
    client.heard.map(({ stream: each, play }) => [each, play]),
    [[stream, true]],
  );
  session.send({ type: "response.create" });
  assert.deepEqual(peer.channel.sent, ['{"type":"response.create"}']);
  assert.deepEqual(ends, []);
});

test("events reach the app", async (t) => {
  const [seen, events] = [browser(t), []];
  await opened(openAIRealtime({ getCredentials, onEvent: (event) => events.push(event) }));
  seen.peers[0].channel.onmessage({ data: '{"type":"response.done"}' });
  assert.deepEqual(events, [{ type: "response.done" }]);
});

test("closing stops the voice, the call and the microphone", async (t) => {
  const seen = browser(t);
  const { client, session, ends } = await opened(openAIRealtime({ getCredentials }));
  seen.peers[0].speak();
  session.close();
  assert.equal(client.heard[0].over, true);
  assert.equal(seen.peers[0].closed, true);
  assert.equal(seen.microphones[0].tracks[0].readyState, "ended");
  assert.deepEqual(ends, [], "the app closed it");
});

test("a microphone of the app is left open, and none is possible", async (t) => {
  const seen = browser(t);
  const microphone = new FakeStream();
  const { session } = await opened(openAIRealtime({ getCredentials, microphone }));
  session.close();
  assert.equal(microphone.tracks[0].readyState, "live");
  await opened(openAIRealtime({ getCredentials, microphone: false }));
  assert.deepEqual(seen.peers[1].transceiver, ["audio", { direction: "recvonly" }]);
  assert.equal(seen.microphones.length, 0);
});

test("a call that breaks ends the source with the reason", async (t) => {
  const seen = browser(t);
  const { ends } = await opened(openAIRealtime({ getCredentials }));
  seen.peers[0].connectionState = "failed";
  seen.peers[0].onconnectionstatechange();
  assert.equal(ends[0].code, "source_failed");
  assert.match(ends[0].message, /openAIRealtime: the connection was lost/);
});

const refusals = {
  "credentials that reject": [
    { getCredentials: () => Promise.reject(new Error("log in first")) },
    {},
    { code: "unauthorized", message: /getCredentials failed: log in first/ },
  ],
  "credentials that are empty": [
    { getCredentials: () => "" },
    {},
    { code: "unauthorized", message: /nothing/ },
  ],
  "credentials that are the page of an error": [
    { getCredentials: () => "<!doctype html>\n<title>404</title>" },
    {},
    { code: "unauthorized", message: /instead of an ephemeral key: "<!doctype/ },
  ],
  "no credentials": [{}, {}, { code: "bad_argument", message: /needs getCredentials/ }],
  "a key that OpenAI refuses": [
    { getCredentials },
    { refuse: [401, '{"error":{"message":"Incorrect API key provided"}}'] },
    { code: "source_failed", message: /401 Incorrect API key provided/ },
  ],
  "a proxy that answers with a page": [
    { getCredentials },
    { refuse: [502, "<html>"] },
    { code: "source_failed", message: /502 <html>/ },
  ],
  "a microphone that is denied": [
    { getCredentials },
    { microphone: () => Promise.reject(new Error("Permission denied")) },
    { code: "microphone_failed", message: /Permission denied/ },
  ],
};
for (const [what, [options, world, expected]] of Object.entries(refusals))
  test(`${what}: the source rejects, and leaves nothing open`, async (t) => {
    const seen = browser(t, world);
    await assert.rejects(opened(openAIRealtime(options)), expected);
    assert.ok(seen.peers.every(({ closed }) => closed));
    assert.ok(seen.microphones.every(({ tracks }) => tracks[0].readyState === "ended"));
  });

test("a call that is closed while it opens leaves nothing open", async (t) => {
  const seen = browser(t);
  const abort = new AbortController();
  const opening = openAIRealtime({ getCredentials })({
    client: fakeClient(),
    signal: abort.signal,
    onEnd() {},
  });
  abort.abort(new Error("closed"));
  await assert.rejects(opening);
  assert.deepEqual([seen.peers.length, seen.microphones.length], [0, 0]);
});

/** A WebSocket to the Realtime API. */
function socketOf() {
  const socket = Object.assign(new EventTarget(), { sent: [] });
  socket.send = (text) => socket.sent.push(JSON.parse(text));
  socket.say = (event) => socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(event) }));
  socket.delta = (item_id, samples) =>
    socket.say({ type: "response.output_audio.delta", item_id, delta: base64Pcm(samples) });
  return socket;
}

test("PCM of a WebSocket is played, one utterance per answer", () => {
  const [client, socket] = [fakeClient(), socketOf()];
  followRealtime(client, socket);
  socket.delta("a", 2400);
  socket.delta("a", 1200);
  socket.say({ type: "response.output_audio.done" });
  socket.delta("b", 240);
  socket.say({ type: "response.output_audio.done" });
  assert.deepEqual(
    client.spoken.map(({ sampleRate, samples, ended }) => [sampleRate, samples, ended]),
    [
      [24000, 3600, true],
      [24000, 240, true],
    ],
  );
});

test("when the app cancels an answer, the rest of it is dropped, and the next one is heard", () => {
  const [client, socket] = [fakeClient(), socketOf()];
  followRealtime(client, socket);
  socket.delta("a", 2400);
  client.cancel();
  socket.delta("a", 2400);
  socket.delta("b", 240);
  assert.deepEqual(
    client.spoken.map(({ samples }) => samples),
    [2400, 240],
  );
});

test("an answer that pauses is one utterance", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const [client, socket] = [fakeClient(), socketOf()];
  followRealtime(client, socket);
  socket.delta("a", 2400);
  t.mock.timers.tick(5000);
  socket.delta("a", 2400);
  assert.equal(client.spoken.length, 1);
});

test("an interruption silences the answer, and the service learns how much was heard", async () => {
  const [client, socket] = [fakeClient(), socketOf()];
  const session = followRealtime(client, socket);
  socket.delta("a", 2400);
  socket.say({ type: "input_audio_buffer.speech_started" });
  await settle();
  socket.delta("a", 2400);
  assert.deepEqual(socket.sent, [
    { type: "conversation.item.truncate", item_id: "a", content_index: 0, audio_end_ms: 1250 },
  ]);
  assert.equal(client.spoken.length, 1, "what comes late is not played");
  socket.delta("b", 240);
  assert.equal(client.spoken.length, 2);
  session.close();
  socket.delta("c", 240);
  assert.equal(client.spoken.length, 2);
});
