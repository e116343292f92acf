import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { act, createElement, mount, unmountAll } from "../support/react.mjs";
import { settle } from "../support/world.mjs";

const { AvatarCanvas } = await import("../../src/react/index.js");

afterEach(unmountAll);

test("without WebGL the fallback is shown, and the reason is told", async () => {
  const told = [];
  const fallback = createElement("img", { alt: "A face" });
  const { container } = await mount(AvatarCanvas, { fallback, onError: (error) => told.push(error) });
  await act(settle);
  assert.equal(container.innerHTML, '<img alt="A face">');
  assert.ok(told.length > 0);
  assert.ok(told.every(({ code }) => code === "no_webgl"));
  assert.match(told[0].message, /Turn on hardware acceleration/);
});

test("without onError the reason is on the console", async (t) => {
  const errors = [];
  t.mock.method(console, "error", (text) => errors.push(text));
  await mount(AvatarCanvas);
  await act(settle);
  assert.match(
    errors.find((text) => /WebGL/.test(text)),
    /^Audio2FaceClient: This browser has no WebGL 2/,
  );
});
