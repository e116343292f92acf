import assert from "node:assert/strict";
import { test } from "node:test";
import { elevenLabs } from "../../src/sources/index.js";
import { base64Pcm, FakeEmitter, FakeStream, fakeClient, opened } from "../support/sources.mjs";
import { settle } from "../support/world.mjs";

/** The SDK, whose conversations have a connection like those of version 1. */
function sdkWith({
  connection = { outputFormat: { format: "pcm", sampleRate: 24000 } },
  refusal,
  early = [],
} = {}) {
  const sdk = { sessions: [] };
  sdk.Conversation = {
    async startSession(options) {
      if (refusal) throw refusal;
      const conversation = { options, connection, volumes: [], ended: 0 };
      conversation.setVolume = ({ volume }) => conversation.volumes.push(volume);
      conversation.endSession = async () => {
        conversation.ended++;
        options.onDisconnect({ reason: "user" });
      };
      sdk.sessions.push(conversation);
      for (const audio of early) options.onAudio(audio);
      return conversation;
    },
  };
  return sdk;
}

const SIGNED = "wss://api.elevenlabs.io/v1/convai/conversation?agent_id=a&conversation_signature=s";

test("with a signed URL the PCM is played by the client, and the SDK is silent", async () => {
  const sdk = sdkWith();
  const { client, session } = await opened(
    elevenLabs({ sdk: async () => sdk, getCredentials: () => SIGNED }),
  );
  const [conversation] = sdk.sessions;
  assert.equal(conversation.options.signedUrl, SIGNED);
  assert.equal(conversation.options.connectionType, "websocket");
  assert.deepEqual(conversation.volumes, [0]);
  assert.equal(session.conversation, conversation);
  conversation.options.onAudio(base64Pcm(2400));
  conversation.options.onAudio(base64Pcm(1200));
  assert.deepEqual(
    client.spoken.map(({ sampleRate, samples }) => [sampleRate, samples]),
    [[24000, 3600]],
  );
  await session.close();
});

test("audio that comes before the conversation is not lost", async () => {
  const sdk = sdkWith({ early: [base64Pcm(100)] });
  const { client, session } = await opened(elevenLabs({ sdk, getCredentials: () => ({ agentId: "a" }) }));
  const { agentId, connectionType } = sdk.sessions[0].options;
  assert.deepEqual([agentId, connectionType], ["a", "websocket"]);
  assert.equal(client.spoken[0].samples, 100);
  await session.close();
});

test("an answer ends with a pause, and the next one is another utterance", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sdk = sdkWith();
  const { client } = await opened(elevenLabs({ sdk, getCredentials: () => SIGNED }));
  const { onAudio } = sdk.sessions[0].options;
  onAudio(base64Pcm(100));
  t.mock.timers.tick(400);
  onAudio(base64Pcm(100));
  t.mock.timers.tick(400);
  assert.equal(client.spoken[0].ended, false);
  t.mock.timers.tick(200);
  assert.equal(client.spoken[0].ended, true);
  onAudio(base64Pcm(100));
  assert.deepEqual(
    client.spoken.map(({ samples }) => samples),
    [200, 100],
  );
});

test("when the app cancels an answer, the rest of it is dropped, and the next one is heard", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sdk = sdkWith();
  const { client } = await opened(elevenLabs({ sdk, getCredentials: () => SIGNED }));
  const { onAudio } = sdk.sessions[0].options;
  onAudio(base64Pcm(100));
  client.cancel();
  onAudio(base64Pcm(100));
  t.mock.timers.tick(600);
  onAudio(base64Pcm(50));
  assert.deepEqual(
    client.spoken.map(({ samples }) => samples),
    [100, 50],
  );
});

test("µ-law is decoded", async () => {
  const sdk = sdkWith({ connection: { outputFormat: { format: "ulaw", sampleRate: 8000 } } });
  const { client, session } = await opened(elevenLabs({ sdk, getCredentials: () => SIGNED }));
  sdk.sessions[0].options.onAudio(Buffer.from([0x00, 0x80, 0xff]).toString("base64"));
  assert.deepEqual([client.spoken[0].sampleRate, client.spoken[0].samples], [8000, 3]);
  await session.close();
});

test("an interruption silences the voice", async () => {
  const [sdk, events] = [sdkWith(), []];
  const onInterruption = (event) => events.push(event);
  const { client } = await opened(elevenLabs({ sdk, getCredentials: () => SIGNED, onInterruption }));
  const { options } = sdk.sessions[0];
  options.onAudio(base64Pcm(100));
  options.onInterruption({ event_id: 7 });
  assert.equal(client.cancelled, 1);
  assert.deepEqual(events, [{ event_id: 7 }]);
});

test("with a token it comes over WebRTC: the agent's track is followed, and the SDK is silent", async () => {
  const room = Object.assign(new FakeEmitter(), { remoteParticipants: new Map() });
  const sdk = sdkWith({ connection: { getRoom: () => room } });
  const { client, session } = await opened(elevenLabs({ sdk, getCredentials: () => "token" }));
  const [conversation] = sdk.sessions;
  assert.equal(conversation.options.conversationToken, "token");
  assert.equal(conversation.options.connectionType, "webrtc");
  const [mediaStreamTrack] = new FakeStream().tracks;
  room.emit("trackSubscribed", { kind: "audio", mediaStreamTrack }, {}, { identity: "agent_1" });
  await settle();
  assert.equal(client.heard[0].stream.tracks[0], mediaStreamTrack);
  assert.equal(client.heard[0].play, true);
  assert.deepEqual(conversation.volumes, [0, 0], "also the element of the new track");
  conversation.options.onAudio(base64Pcm(100));
  assert.equal(client.spoken.length, 0);
  await session.close();
  assert.equal(room.listening, 0);
});

test("closing ends the session once; the app's own callback is called", async () => {
  const [sdk, details] = [sdkWith(), []];
  const onDisconnect = (each) => details.push(each.reason);
  const { session, ends } = await opened(elevenLabs({ sdk, getCredentials: () => SIGNED, onDisconnect }));
  await session.close();
  assert.equal(sdk.sessions[0].ended, 1);
  assert.deepEqual([details, ends], [["user"], []]);
});

test("the source ends when the agent hangs up, and says why when the connection breaks", async () => {
  const sdk = sdkWith();
  const { ends } = await opened(elevenLabs({ sdk, getCredentials: () => SIGNED }));
  sdk.sessions[0].options.onDisconnect({ reason: "agent" });
  sdk.sessions[0].options.onDisconnect({
    reason: "error",
    message: "quota exceeded",
    context: { type: "close" },
  });
  assert.equal(ends[0], null);
  assert.match(ends[1].message, /elevenLabs: quota exceeded/);
});

const refusals = {
  "an SDK that is missing": [
    { sdk: () => Promise.reject(new Error("Cannot find module")) },
    { code: "not_installed", message: /npm install @elevenlabs\/client/ },
  ],
  "an SDK that was forgotten": [
    {},
    { code: "not_installed", message: /needs the SDK @elevenlabs\/client: npm install/ },
  ],
  "another module": [{ sdk: {} }, { code: "not_installed", message: /@elevenlabs\/client/ }],
  "credentials that reject": [
    { sdk: sdkWith(), getCredentials: () => Promise.reject(new Error("403")) },
    { code: "unauthorized", message: /403/ },
  ],
  "a URL that is none of a session": [
    { sdk: sdkWith(), getCredentials: () => "https://api.elevenlabs.io" },
    { code: "bad_argument", message: /wss:/ },
  ],
  "a session that is refused": [
    { sdk: sdkWith({ refusal: new Error("agent not found") }), getCredentials: () => SIGNED },
    { code: "source_failed", message: /elevenLabs: agent not found/ },
  ],
};
for (const [what, [options, expected]] of Object.entries(refusals))
  test(`${what}: the source rejects`, async () => {
    await assert.rejects(opened(elevenLabs(options), fakeClient()), expected);
  });
