// The badge says where the face comes from.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../src/events.js";

const element = { dataset: {}, textContent: "" };
globalThis.document = { getElementById: () => element };
const { SourceBadge } = await import("../../page/panels/source_badge.js");

/** Returns a badge, and a function that tells it of another source and returns what it shows. */
function made() {
  const events = new Emitter();
  const badge = new SourceBadge(events);
  const after = (to) => {
    events.emit("rank", { to });
    return [element.dataset.state, element.textContent];
  };
  return { badge, after };
}

const expected = [
  [{ connected: true, mode: "real", backend: "builtin" }, "good", "Server: built-in model"],
  [{ connected: true, mode: "mock" }, "fake", "Server: mock backend, fake animation"],
  [
    { connected: true, mode: "real", backend: "audio2face3d", model: { name: "Claire" } },
    "good",
    "Server: audio2face3d (Claire)",
  ],
  [{ connected: false }, "bad", "No server: loudness only"],
  [{ connected: true, mode: "device" }, "good", "On this device: built-in model"],
  [{ connected: false, mode: "device" }, "bad", "No model: loudness only"],
];
for (const [health, state, text] of expected)
  test(`when idle it shows what is expected: ${text}`, () => {
    const { badge, after } = made();
    badge.showHealth(health);
    assert.deepEqual(after("neutral"), [state, text]);
  });

test("while another source moves the face, it shows that one", () => {
  const { badge, after } = made();
  badge.showHealth({ connected: true, mode: "real", backend: "builtin" });
  assert.deepEqual(after("server"), ["good", "Server: built-in model"]);
  assert.deepEqual(after("network"), ["good", "On this device: built-in model"]);
  assert.deepEqual(after("viseme"), ["rough", "From visemes"]);
  assert.deepEqual(after("loudness"), ["bad", "From loudness only"]);
  assert.deepEqual(after("server"), ["good", "Server: built-in model"]);
});

test("a server that refuses the page is no source", () => {
  const { badge, after } = made();
  badge.showHealth({ connected: true, mode: "real", backend: "builtin" }, { code: "unauthorized" });
  assert.deepEqual(after("neutral"), ["bad", "Not connected: loudness only"]);
});
