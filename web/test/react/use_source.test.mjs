import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { act, mountHook, unmountAll } from "../support/react.mjs";
import { FakeStream, fakeClient } from "../support/sources.mjs";
import { settle, World } from "../support/world.mjs";

const { elevenLabs, useFace, useMediaStream, useSource } = await import("../../src/react/index.js");

afterEach(unmountAll);

/** A source whose opening the test decides about. */
function sourceOf() {
  const opened = [];
  const source = ({ client, signal, onEnd }) =>
    new Promise((resolve, reject) => {
      const session = { closed: 0, close: () => session.closed++ };
      const ready = () => act(async () => resolve(session));
      const refuse = (error) => act(async () => reject(error));
      opened.push({ client, signal, onEnd, session, ready, refuse });
    });
  return Object.assign(source, { opened });
}

/** Mounts `useSource`; `change` gives it another source or face. */
async function mountSource(source, client = Object.assign(fakeClient(), { unlock: async () => {} })) {
  const hook = ({ face, given }) => useSource(face, given);
  const held = await mountHook(hook, { face: { client }, given: source });
  const change = (given, face = { client }) => held.render({ face, given });
  const open = () => act(async () => void held.result.open());
  return Object.assign(held, { client, change, open });
}

test("nothing is opened until the app asks for it", async () => {
  const source = sourceOf();
  const held = await mountSource(source);
  assert.deepEqual([held.result.state, source.opened.length], ["closed", 0]);
});

test("a session goes through its states", async () => {
  const source = sourceOf();
  const held = await mountSource(source);
  await held.open();
  assert.deepEqual([held.result.state, held.result.session], ["opening", null]);
  const [{ ready, session, client }] = source.opened;
  assert.equal(client, held.client);
  await ready();
  assert.deepEqual([held.result.state, held.result.session], ["open", session]);
  await act(async () => held.result.close());
  assert.deepEqual([held.result.state, held.result.session, session.closed], ["closed", null, 1]);
});

test("two clicks open one session", async () => {
  const source = sourceOf();
  const held = await mountSource(source);
  await held.open();
  await held.open();
  await source.opened[0].ready();
  await held.open();
  assert.equal(source.opened.length, 1);
});

test("a session that is closed while it opens is closed when it is there", async () => {
  const source = sourceOf();
  const held = await mountSource(source);
  await held.open();
  await act(async () => held.result.close());
  assert.equal(source.opened[0].signal.aborted, true);
  await held.open();
  await source.opened[0].ready();
  assert.equal(source.opened[0].session.closed, 1);
  assert.equal(held.result.state, "opening", "the second one still opens");
  await source.opened[1].ready();
  assert.equal(held.result.session, source.opened[1].session);
});

test("an error of opening is state, and the next attempt clears it", async () => {
  const source = sourceOf();
  const held = await mountSource(source);
  await held.open();
  await source.opened[0].refuse(new Error("no microphone"));
  assert.deepEqual([held.result.state, held.result.error.message], ["closed", "no microphone"]);
  await held.open();
  assert.equal(held.result.error, null);
});

test("a session that the other side ends is closed", async () => {
  const source = sourceOf();
  const held = await mountSource(source);
  await held.open();
  await source.opened[0].ready();
  await act(async () => source.opened[0].onEnd(new Error("lost")));
  await act(async () => source.opened[0].onEnd());
  assert.deepEqual(
    [held.result.state, held.result.error.message, source.opened[0].session.closed],
    ["closed", "lost", 1],
  );
});

test("a source that is written inline is not opened again; the latest one is used next", async () => {
  const [first, second] = [sourceOf(), sourceOf()];
  const held = await mountSource(first);
  await held.open();
  await first.opened[0].ready();
  await held.change(second);
  assert.deepEqual([held.result.state, first.opened[0].session.closed], ["open", 0]);
  await act(async () => held.result.close());
  await held.open();
  assert.equal(second.opened.length, 1);
});

test("unmounting closes the session, open or opening", async () => {
  const source = sourceOf();
  const held = await mountSource(source);
  await held.open();
  await held.unmount();
  assert.equal(source.opened[0].signal.aborted, true);
  await source.opened[0].ready();
  assert.equal(source.opened[0].session.closed, 1);
});

test("a session ends with its face", async () => {
  const source = sourceOf();
  const held = await mountSource(source);
  await held.open();
  await source.opened[0].ready();
  await held.change(source, { client: null });
  assert.equal(source.opened[0].session.closed, 1);
  await held.open();
  assert.equal(source.opened.length, 1, "there is no face to open it for");
});

/** Follows the face of `useFace` with an agent of ElevenLabs. */
function useAgent({ options, source }) {
  const face = useFace(options);
  return { face, call: useSource(face, source) };
}

test("an agent's PCM moves the face, and unmounting in mid-sentence ends everything", async () => {
  const world = new World();
  const conversation = { ended: 0, setVolume() {}, endSession: async () => conversation.ended++ };
  const sdk = {
    Conversation: {
      startSession: async (options) => Object.assign(conversation, { options, connection: {} }),
    },
  };
  const source = elevenLabs({ sdk, getCredentials: () => "wss://signed" });
  const held = await mountHook(useAgent, { options: { serverUrl: false, ...world.platform() }, source });
  await act(() => held.result.call.open());
  assert.equal(held.result.call.state, "open");
  await act(async () => {
    const pcm = Int16Array.from({ length: 16000 }, (_, i) => 9000 * Math.sin(i / 5));
    conversation.options.onAudio(Buffer.from(pcm.buffer).toString("base64"));
    await world.advance(900);
  });
  assert.deepEqual([held.result.face.speaking, held.result.face.rank], [true, "loudness"]);
  await held.unmount();
  await settle();
  assert.deepEqual(
    [conversation.ended, world.contexts.map(({ closed }) => closed), world.pendingFrames],
    [1, [true], 0],
  );
});

test("a stream of the app is followed while it is given", async () => {
  const client = fakeClient();
  const [one, two] = [new FakeStream(), new FakeStream()];
  const hook = ({ stream, onError }) => useMediaStream({ client }, stream, { onError });
  const held = await mountHook(hook, { stream: one, onError() {} });
  const live = () => client.heard.filter(({ over }) => !over).map(({ stream }) => stream);
  assert.deepEqual(live(), [one], "once, also in StrictMode");
  const { length } = client.heard;
  await held.render({ stream: one, onError() {} });
  assert.equal(client.heard.length, length);
  await held.render({ stream: two });
  assert.deepEqual(live(), [two]);
  await held.render({ stream: null });
  assert.deepEqual(live(), []);
});
