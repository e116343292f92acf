import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError, summarizeRefusal } from "../../page/messages.js";

const SERVER = "https://server.example";
const error = (code, reason, message = "the server says") => ({ code, reason, message });
const describe = (...given) => describeError(error(...given), SERVER);

test("no token, a wrong and an expired one are told apart, with what to do", () => {
  for (const [reason, text] of [
    ["missing", /^This server needs a token\./],
    ["wrong", /^This server doesn't accept this token\./],
    ["expired", /^The token has expired\./],
    ["scope", /^The key of this token is not meant for clients\./],
    [undefined, /^This server needs a token\./],
  ]) {
    assert.match(describe("unauthorized", reason), text);
    assert.match(
      describe("unauthorized", reason),
      /curl -X POST .* https:\/\/server\.example\/v1\/token\) and paste it under Developer/,
    );
    assert.match(summarizeRefusal(error("unauthorized", reason)), text);
  }
});

test("the token's address is http, also for a server given as a WebSocket", () => {
  const text = describeError(error("unauthorized", "missing"), "wss://server.example");
  assert.match(text, /https:\/\/server\.example\/v1\/token/);
});

test("a page or a host that is not allowed does not need a token", () => {
  for (const reason of ["origin", "host", "something new"]) {
    assert.equal(describe("unauthorized", reason, "add it to the list"), "Add it to the list.");
    assert.doesNotMatch(summarizeRefusal(error("unauthorized", reason)), /token/);
  }
});

test("a queue that is full is not only one of texts; a used-up quota says how long to wait", () => {
  assert.match(describe("busy", "queue"), /utterances queued or open/);
  assert.equal(describe("busy", "quota", "wait 20 s"), "Wait 20 s.");
  assert.equal(summarizeRefusal(error("busy", "full")), "Not connected, so there is no text-to-speech.");
});
