import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaStream } from "../../src/sources/index.js";
import { FakeStream, fakeClient, opened } from "../support/sources.mjs";
import { settle } from "../support/world.mjs";

test("a stream is followed, and left running", async () => {
  const stream = new FakeStream();
  const { client, session, ends } = await opened(mediaStream(stream, { play: true }));
  assert.deepEqual(
    client.heard.map(({ stream: each, play }) => [each, play]),
    [[stream, true]],
  );
  session.close();
  await settle();
  assert.equal(client.heard[0].over, true);
  assert.equal(stream.tracks[0].readyState, "live");
  assert.deepEqual([client.heard.length, ends], [1, []]);
});

test("the face follows on after the app cancelled", async () => {
  const { client, ends } = await opened(mediaStream(new FakeStream()));
  client.heard[0].cancel();
  await settle();
  assert.equal(client.heard.length, 2);
  assert.deepEqual(ends, []);
});

test("the source ends with its track", async () => {
  const { client, ends } = await opened(mediaStream(new FakeStream()));
  client.heard[0].end();
  await settle();
  assert.deepEqual(ends, [null]);
  assert.equal(client.heard.length, 1);
});

test("a stream that cannot be read ends the source with the reason, once", async () => {
  const client = Object.assign(fakeClient(), { refusal: new Error("no worklet") });
  const { ends } = await opened(mediaStream(new FakeStream()), client);
  assert.deepEqual(
    ends.map(({ message }) => message),
    ["no worklet"],
  );
  assert.equal(client.heard.length, 1);
});
