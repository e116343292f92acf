import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { vapi } from "../../src/sources/index.js";
import { FakeStream, opened } from "../support/sources.mjs";
import { settle } from "../support/world.mjs";

/** The class of @vapi-ai/web: failures are events, and `start` resolves to null. */
function classWith({ failure } = {}) {
  return class Vapi extends EventEmitter {
    static calls = [];
    stopped = 0;
    constructor(token) {
      super();
      this.token = token;
      Vapi.calls.push(this);
    }
    async start(...given) {
      this.started = given;
      if (!failure) return { id: "call" };
      this.emit("error", { type: "start-method-error", stage: "unknown", error: { message: failure } });
      return null;
    }
    getAudioPlayer() {}
    async stop() {
      this.stopped++;
      this.emit("call-end");
    }
  };
}

const getCredentials = () => "public-key";
const options = { getCredentials, assistant: "assistant-id" };

test("a call is started with the assistant, and its voice moves the face", async () => {
  const Vapi = classWith();
  const overrides = { variableValues: { name: "Ada" } };
  const { client, session } = await opened(
    vapi({ sdk: async () => ({ default: Vapi }), overrides, ...options }),
  );
  const [call] = Vapi.calls;
  assert.equal(call.token, "public-key");
  assert.deepEqual(call.started, ["assistant-id", overrides]);
  assert.equal(session.vapi, call);
  const player = { srcObject: new FakeStream(), muted: false };
  call.emit("audio", player);
  await settle();
  assert.equal(client.heard[0].stream, player.srcObject);
  assert.deepEqual([client.heard[0].play, player.muted], [true, true]);
});

test("the class itself, and a module that a bundler wrapped twice, are accepted", async () => {
  const Vapi = classWith();
  await opened(vapi({ sdk: Vapi, ...options }));
  await opened(vapi({ sdk: { default: { default: Vapi } }, ...options }));
  assert.equal(Vapi.calls.length, 2);
});

test("messages reach the app", async () => {
  const [Vapi, messages] = [classWith(), []];
  await opened(vapi({ sdk: Vapi, onMessage: (message) => messages.push(message), ...options }));
  Vapi.calls[0].emit("message", { type: "transcript" });
  assert.deepEqual(messages, [{ type: "transcript" }]);
});

test("a player that replaces another one is followed", async () => {
  const Vapi = classWith();
  const { client } = await opened(vapi({ sdk: Vapi, ...options }));
  for (let i = 0; i < 2; i++) Vapi.calls[0].emit("audio", { srcObject: new FakeStream() });
  await settle();
  assert.deepEqual(
    client.heard.map(({ over }) => over === true),
    [true, false],
  );
});

test("closing stops the call; late events do nothing, and throw nothing", async () => {
  const Vapi = classWith();
  const { client, session, ends } = await opened(vapi({ sdk: Vapi, ...options }));
  const [call] = Vapi.calls;
  await session.close();
  call.emit("audio", { srcObject: new FakeStream() });
  call.emit("error", { type: "daily-error", error: { message: "left" } });
  assert.deepEqual([call.stopped, client.heard.length, ends], [1, 0, []]);
});

test("the source ends with the call, and says why when it breaks", async () => {
  const Vapi = classWith();
  const first = await opened(vapi({ sdk: Vapi, ...options }));
  Vapi.calls[0].emit("error", { type: "audio-processing-setup-error", error: { message: "Krisp" } });
  Vapi.calls[0].emit("call-end");
  assert.deepEqual(first.ends, [null], "errors of noise suppression do not matter");
  const second = await opened(vapi({ sdk: Vapi, ...options }));
  Vapi.calls[1].emit("error", { type: "daily-error", error: { message: "Meeting has ended" } });
  Vapi.calls[1].emit("call-end");
  assert.match(second.ends[0].message, /vapi: Meeting has ended/);
});

const refusals = {
  "an SDK that is missing": [
    { ...options, sdk: () => Promise.reject(new Error("Cannot find module")) },
    { code: "not_installed", message: /npm install @vapi-ai\/web/ },
  ],
  "an SDK that is too old": [
    {
      ...options,
      sdk: class Old extends EventEmitter {
        start() {}
      },
    },
    { code: "not_installed", message: /2\.6 of @vapi-ai\/web or later/ },
  ],
  "no assistant": [
    { sdk: classWith(), getCredentials },
    { code: "bad_argument", message: /needs assistant/ },
  ],
  "credentials that reject": [
    { sdk: classWith(), assistant: "a", getCredentials: () => Promise.reject(new Error("offline")) },
    { code: "unauthorized", message: /offline/ },
  ],
  "a call that is refused": [
    { ...options, sdk: classWith({ failure: "Invalid Key" }) },
    { code: "source_failed", message: /vapi: Invalid Key/ },
  ],
};
for (const [what, [given, expected]] of Object.entries(refusals))
  test(`${what}: the source rejects`, async () => {
    await assert.rejects(opened(vapi(given)), expected);
  });
