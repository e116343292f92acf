import assert from "node:assert/strict";
import { test } from "node:test";
import { addresses } from "../../src/addresses.js";
import { columnsOf, decodeFrames, subprotocols } from "../../src/connection/protocol.js";
import { frameMessage } from "../support/world.mjs";

test("a block of frames is decoded", () => {
  const block = decodeFrames(frameMessage(7, 30, [0, 1, 0.5], 25));
  assert.equal(block.utterance, 7);
  assert.equal(block.first, 30);
  assert.equal(block.fps, 25);
  assert.equal(block.count, 3);
  assert.equal(block.values.length, 156);
  assert.equal(block.values[52] * block.scale, 1);
  assert.ok(Math.abs(block.values[104] * block.scale - 0.5) < 1e-5);
});

test("large ids and indices are unsigned", () => {
  const block = decodeFrames(frameMessage(2 ** 32 - 1, 2 ** 31 + 5, [0]));
  assert.equal(block.utterance, 4294967295);
  assert.equal(block.first, 2147483653);
});

test("other kinds and versions are not frames", () => {
  for (const byte of [0, 1]) {
    const message = frameMessage(1, 0, [0]);
    new Uint8Array(message)[byte] = 2;
    assert.equal(decodeFrames(message), null);
  }
});

test("a message shorter than its header is refused", () => {
  assert.throws(() => decodeFrames(new ArrayBuffer(8)), { code: "bad_message" });
});

test("a message with a missing frame is refused", () => {
  assert.throws(() => decodeFrames(frameMessage(1, 0, [0, 0]).slice(0, -2)), { code: "bad_message" });
});

test("a block without a frame rate is refused", () => {
  assert.throws(() => decodeFrames(frameMessage(1, 0, [0], 0)), { code: "bad_message" });
});

test("columns are matched by name", () => {
  assert.deepEqual([...columnsOf(["jawOpen", "EyeBlinkLeft", "novelty", "eyeBlinkRight"])], [17, 0, -1, 7]);
});

for (const [given, http, socket] of [
  ["http://localhost:8000", "http://localhost:8000", "ws://localhost:8000/ws"],
  ["http://localhost:8000/", "http://localhost:8000", "ws://localhost:8000/ws"],
  ["https://x.example/a2f/", "https://x.example/a2f", "wss://x.example/a2f/ws"],
  ["ws://x.example:1", "http://x.example:1", "ws://x.example:1/ws"],
  ["wss://x.example/p", "https://x.example/p", "wss://x.example/p/ws"],
]) {
  test(`the address ${given}`, () => assert.deepEqual(addresses(given), { http, socket }));
}

for (const given of ["localhost:8000", "ftp://x", "", "http://"]) {
  test(`not an address: "${given}"`, () => assert.throws(() => addresses(given), { code: "bad_argument" }));
}

test("a token is sent as a subprotocol", () => {
  assert.deepEqual(subprotocols(null), ["a2f.v1"]);
  const [, bearer] = subprotocols("a+/ä?");
  assert.match(bearer, /^a2f\.bearer\.[A-Za-z0-9_-]+$/);
  assert.equal(Buffer.from(bearer.slice(11), "base64url").toString(), "a+/ä?");
});
