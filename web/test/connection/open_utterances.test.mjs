import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenUtterances } from "../../src/connection/open_utterances.js";
import { frameMessage } from "../support/world.mjs";

/** Returns open utterances whose listeners log what they receive. */
function opened(names, speaks = true) {
  const open = new OpenUtterances();
  const heard = [];
  const ids = names.map((name) =>
    open.add(
      {
        onMessage: ({ type, code }) => heard.push([name, code ?? type]),
        onFrames: ({ count }) => heard.push([name, count]),
      },
      speaks,
    ),
  );
  return { open, heard, ids };
}
const refusal = { type: "error", code: "bad_message", message: "no such profile", fatal: false };

test("messages are routed to the utterance that they name", () => {
  const { open, heard, ids } = opened(["a", "b"]);
  const [a, b] = ids;
  assert.ok(b > a);
  open.onMessage({ type: "started", utterance: a });
  open.onBinary(frameMessage(b, 0, [0, 0]));
  open.remove(a);
  open.onBinary(frameMessage(a, 0, [0]));
  open.onMessage({ type: "end", utterance: 99 });
  assert.deepEqual(heard, [
    ["a", "started"],
    ["b", 2],
  ]);
});

test("an error without an utterance belongs to the oldest unanswered request", () => {
  const { open, heard, ids } = opened(["a", "b", "c"]);
  assert.equal(open.onMessage(refusal), true);
  open.onMessage({ type: "started", utterance: ids[1] });
  assert.equal(open.onMessage({ ...refusal, request: "speak" }), true);
  assert.deepEqual(heard, [
    ["a", "bad_message"],
    ["b", "started"],
    ["c", "bad_message"],
  ]);
  assert.deepEqual([open.onMessage(refusal), heard.length], [false, 3]);
});

test("an error about another message refuses no request", () => {
  const { open, heard } = opened(["a"]);
  assert.equal(open.onMessage({ ...refusal, request: "emotions" }), false);
  assert.equal(open.onMessage({ ...refusal, code: "bad_state", request: "audio" }), true);
  assert.deepEqual(heard, []);
});

test("an answer to what was sent before a stream failed does not refuse the next one", () => {
  const { open, heard, ids } = opened(["a", "b"], false);
  open.onMessage({ ...refusal, utterance: ids[0] });
  for (let i = 0; i < 2; i++) assert.equal(open.onMessage({ ...refusal, code: "bad_state" }), true);
  assert.deepEqual(heard, [["a", "bad_message"]]);
  open.onMessage({ ...refusal, code: "bad_state" });
  assert.deepEqual(heard.at(-1), ["b", "bad_state"]);
});

test("the answer to a request that was given up refuses no later one", () => {
  const { open, heard, ids } = opened(["a", "b"]);
  open.remove(ids[0]);
  assert.equal(open.onMessage(refusal), true);
  assert.deepEqual(heard, []);
});

test("a fatal error without an utterance refuses none", () => {
  const { open, heard } = opened(["a"]);
  assert.equal(open.onMessage({ type: "error", code: "timeout", message: "idle", fatal: true }), false);
  assert.deepEqual(heard, []);
});

test("an action waits for the end of all synthesised speech, and not at all without any", () => {
  const { open, ids } = opened(["a", "b"]);
  const done = [];
  open.afterServerSpeech(() => done.push("first"));
  open.remove(ids[0]);
  assert.deepEqual(done, []);
  open.remove(ids[1]);
  open.afterServerSpeech(() => done.push("second"));
  assert.deepEqual([done, open.isEmpty], [["first", "second"], true]);
});

test("a lost connection forgets its utterances and what waits for them", () => {
  const { open, heard, ids } = opened(["a"]);
  open.afterServerSpeech(() => heard.push("late"));
  open.clear();
  open.remove(ids[0]);
  open.onMessage({ type: "end", utterance: ids[0] });
  assert.deepEqual([heard, open.isEmpty], [[], true]);
});
