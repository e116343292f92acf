import assert from "node:assert/strict";
import { test } from "node:test";
import { changedSettings, defaultSettings, requestFields } from "../src/settings.js";

test("changes keep other settings, and unknown fields are ignored", () => {
  const settings = changedSettings(defaultSettings(), { smoothing: 0.5, novelty: 1 });
  assert.equal(settings.smoothing, 0.5);
  assert.equal(settings.useWebSocket, true);
  assert.ok(!("novelty" in settings));
});

test("intensity is clamped", () => {
  assert.equal(changedSettings(defaultSettings(), { intensity: 5 }).intensity, 2);
  assert.equal(changedSettings(defaultSettings(), { intensity: -1 }).intensity, 0.1);
});

test("a request contains only what was set", () => {
  const settings = changedSettings(defaultSettings(), { seed: 0, profile: "calm" });
  assert.deepEqual(requestFields(settings), { profile: "calm", seed: 0 });
});

test("null resets a setting", () => {
  const settings = changedSettings(defaultSettings(), { fps: 60 });
  assert.equal(changedSettings(settings, { fps: null }).fps, null);
});

for (const bad of [
  { serverUrl: 8000 },
  { intensity: Number.NaN },
  { intensity: "1" },
  { intensity: null },
  { smoothing: 1.5 },
  { useWebSocket: "yes" },
  { apiToken: 5 },
  { getToken: "token" },
  { fps: 9 },
  { fps: 29.97 },
  { profile: 1 },
  { seed: -1 },
  { seed: 2 ** 32 },
  { backend: {} },
  { emotions: { joy: 1.1 } },
  { emotions: "joy" },
  { gain: { jawOpen: 2.1 } },
  { gain: { jaw: 1 } },
  { gain: 1 },
  { offset: 250 },
  { offset: "0.1" },
  { patience: -1 },
  { autoUpdate: 0 },
  { audioContext: 1 },
]) {
  test(`refuses ${JSON.stringify(bad)}`, () => {
    assert.throws(() => changedSettings(defaultSettings(), bad), { code: "bad_argument" });
  });
}

test("refuses anything but an object", () => {
  assert.throws(() => changedSettings(defaultSettings(), null), { code: "bad_argument" });
});
