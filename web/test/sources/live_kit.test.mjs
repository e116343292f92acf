import assert from "node:assert/strict";
import { test } from "node:test";
import { liveKit } from "../../src/sources/index.js";
import { FakeEmitter, FakeStream, opened, withGlobals } from "../support/sources.mjs";
import { settle } from "../support/world.mjs";

/** A room as livekit-client has it, with participants that come and go. */
class FakeRoom extends FakeEmitter {
  remoteParticipants = new Map();
  disconnected = 0;
  microphone = false;
  localParticipant = {
    setMicrophoneEnabled: async (enabled) => {
      if (FakeRoom.denied) throw new Error("Permission denied");
      this.microphone = enabled;
    },
  };
  async connect(...given) {
    this.connected = given;
    if (FakeRoom.refusal) throw FakeRoom.refusal;
  }
  async disconnect() {
    this.disconnected++;
    this.emit("disconnected");
  }
  speak({ identity = "guest", isAgent = false, kind = "audio" } = {}) {
    const track = { kind, mediaStreamTrack: new FakeStream().tracks[0], elements: [] };
    track.attach = () => track.elements.push("element") && { remove: () => track.elements.pop() };
    track.detach = () => track.elements.map(() => ({ remove: () => track.elements.pop() }));
    const speaker = { identity, isAgent, trackPublications: new Map([["a", { track }]]) };
    this.remoteParticipants.set(identity, speaker);
    this.emit("trackSubscribed", track, {}, speaker);
    return track;
  }
}

/** The SDK; `rooms` lists those that were made. */
function sdkWith() {
  const sdk = { rooms: [] };
  sdk.Room = class extends FakeRoom {
    constructor() {
      super();
      sdk.rooms.push(this);
    }
  };
  return sdk;
}

const getCredentials = async () => ({ url: "wss://room.example", token: "t" });
const follows = (client) => client.heard.map(({ stream }) => stream.tracks[0]);

test("a room is joined with the microphone, and the agent moves the face", async () => {
  const sdk = sdkWith();
  const { client, session } = await opened(liveKit({ sdk: async () => sdk, getCredentials }));
  const [room] = sdk.rooms;
  assert.deepEqual(room.connected, ["wss://room.example", "t"]);
  assert.equal(room.microphone, true);
  assert.equal(session.room, room);
  room.speak();
  room.speak({ identity: "camera", isAgent: true, kind: "video" });
  const track = room.speak({ identity: "voice", isAgent: true });
  await settle();
  assert.deepEqual(follows(client), [track.mediaStreamTrack]);
  assert.equal(client.heard[0].play, true);
});

test("closing leaves the room, and no listener", async () => {
  const sdk = sdkWith();
  const { client, session, ends } = await opened(liveKit({ sdk, getCredentials }));
  sdk.rooms[0].speak({ isAgent: true });
  await session.close();
  assert.equal(sdk.rooms[0].disconnected, 1);
  assert.equal(sdk.rooms[0].listening, 0);
  assert.equal(client.heard[0].over, true);
  assert.deepEqual(ends, []);
});

test("a room of the app is followed, neither played nor left", async () => {
  const room = new FakeRoom();
  const track = room.speak({ isAgent: true });
  const { client, session } = await opened(liveKit({ room }));
  assert.deepEqual(follows(client), [track.mediaStreamTrack]);
  assert.equal(client.heard[0].play, false);
  await session.close();
  assert.deepEqual([room.disconnected, room.listening, room.connected], [0, 0, undefined]);
});

test("a participant can be named", async () => {
  const room = new FakeRoom();
  const { client } = await opened(liveKit({ room, participant: "anna", play: true }));
  room.speak({ isAgent: true, identity: "bot" });
  const track = room.speak({ identity: "anna" });
  assert.deepEqual(follows(client), [track.mediaStreamTrack]);
  assert.equal(client.heard[0].play, true);
});

test("an agent that publishes another track, or returns, is followed again", async () => {
  const room = new FakeRoom();
  const { client } = await opened(liveKit({ room }));
  const first = room.speak({ isAgent: true });
  const second = room.speak({ isAgent: true });
  room.emit("trackUnsubscribed", first);
  await settle();
  assert.deepEqual(
    client.heard.map(({ over }) => over === true),
    [true, false],
  );
  room.emit("trackUnsubscribed", second);
  room.speak({ isAgent: true });
  await settle();
  assert.deepEqual(
    client.heard.map(({ over }) => over === true),
    [true, true, false],
  );
});

test("the source ends when the room is closed", async () => {
  const room = new FakeRoom();
  const { client, ends } = await opened(liveKit({ room }));
  room.speak({ isAgent: true });
  room.emit("disconnected");
  assert.deepEqual(ends, [null]);
  assert.equal(client.heard[0].over, true);
});

test("with relay the agent's own face is shown, and its sound is played as it arrives", async (t) => {
  withGlobals(t, { document: { body: { append() {} } } });
  const room = new FakeRoom();
  const { client, session } = await opened(liveKit({ room, relay: true }));
  const track = room.speak({ isAgent: true });
  assert.equal(track.elements.length, 1);
  const payload = new TextEncoder().encode('{"type":"face"}');
  room.emit("dataReceived", payload, undefined, undefined, "chat");
  room.emit("dataReceived", payload, undefined, undefined, "face");
  assert.deepEqual(client.received, [{ type: "face" }]);
  assert.equal(client.heard.length, 0);
  await session.close();
  assert.equal(track.elements.length, 0);
});

const refusals = {
  "an SDK that is missing": [
    { sdk: () => Promise.reject(new Error("Cannot find module")), getCredentials },
    { code: "not_installed", message: /npm install livekit-client/ },
  ],
  "credentials that reject": [
    { sdk: sdkWith(), getCredentials: () => Promise.reject(new Error("offline")) },
    { code: "unauthorized", message: /offline/ },
  ],
  "credentials without a token": [
    { sdk: sdkWith(), getCredentials: () => ({ url: "wss://x" }) },
    { code: "bad_argument", message: /\{ url, token \}/ },
  ],
};
for (const [what, [options, expected]] of Object.entries(refusals))
  test(`${what}: the source rejects`, async () => {
    await assert.rejects(opened(liveKit(options)), expected);
  });

for (const [what, change] of Object.entries({
  "a server that refuses": { refusal: new Error("invalid token") },
  "a microphone that is denied": { denied: true },
}))
  test(`${what}: the room is left`, async (t) => {
    Object.assign(FakeRoom, change);
    t.after(() => Object.assign(FakeRoom, { refusal: undefined, denied: false }));
    const sdk = sdkWith();
    await assert.rejects(opened(liveKit({ sdk, getCredentials })), { code: "source_failed" });
    assert.deepEqual([sdk.rooms[0].disconnected, sdk.rooms[0].listening], [1, 0]);
  });
