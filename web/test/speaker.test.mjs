import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName } from "../page/export/download.js";
import { Speaker } from "../page/speak/audio_player.js";
import { Scrubber } from "../page/timeline/scrubber.js";
import { settle, World } from "./world.mjs";

const LATE = new Date(2030, 0, 1, 9, 5, 7);

/** The page's speaker, and what it and its client were asked, in order. */
function made(answers = {}) {
  const log = [];
  const element = new World().element();
  const client = {
    cancel: () => log.push("cancel"),
    replay: async () => log.push("replay"),
    processAndAnimate: async () => ({ frames: 30, duration: 1 }),
    ...answers,
  };
  const speaker = new Speaker(client, element, {
    free: () => log.push(`free ${element.src ? "full" : "empty"}`),
    start: (name, again) => log.push(`start ${name} ${again}`),
    end: (words) => log.push(words),
    error: (words) => log.push(`error: ${words}`),
  });
  return { speaker, element, log };
}

/** As the page has a take. */
const take = { duration: 1, wav: () => new Blob(["sound"]) };

test("whoever else speaks gives way before a file is put in the player", async () => {
  const { speaker, log } = made();
  await speaker.speak(new Blob(["file"]), "a.wav");
  assert.equal(log[0], "free empty");
  assert.equal(log.at(-1), "Spoke a.wav: 1.0 s, 30 frames.");
});

test("what others leave in the player as they give way does not replace a file", async () => {
  const { speaker, log, element } = made();
  speaker.hold(take, "sentence");
  const held = element.src;
  await speaker.speak(new Blob(["file"]), "a.wav");
  assert.notEqual(element.src, held);
  assert.ok(log.includes("start a.wav false"));
  assert.ok(!log.includes("replay"));
});

test("a scrub makes the others give way, too", async () => {
  const { speaker, log } = made();
  speaker.hold(take, "sentence");
  speaker.seek(0.5);
  await settle();
  assert.deepEqual(log, ["free full", "Paused.", "replay", "Played sentence: 1.0 s."]);
});

test("a replay that fails says why", async () => {
  const failed = Object.assign(new Error("The audio element cannot play"), { code: "playback_failed" });
  const { speaker, log } = made({ replay: async () => Promise.reject(failed) });
  speaker.hold(take, "sentence");
  speaker.seek(0);
  await settle();
  assert.match(log.at(-2), /^error: sentence is not a sound/);
  assert.equal(log.at(-1), "Nothing to hear.");
  assert.equal(speaker.active, false);
});

test("Stop ends a replay", async () => {
  const { speaker, log } = made({ replay: () => new Promise(() => {}) });
  speaker.hold(take, "sentence");
  speaker.seek(0.2);
  speaker.stop();
  assert.deepEqual(log.slice(-2), ["cancel", "Stopped."]);
  assert.equal(speaker.active, false);
});

test("the player has a take once it is fetched, or says that it cannot", async () => {
  const { speaker, element } = made();
  await speaker.speak(new Blob(["file"]), "a.wav");
  await speaker.fetch(take);
  assert.equal(speaker.take, take);
  Object.assign(element, { readyState: 0, error: { code: 4 } });
  await assert.rejects(speaker.fetch(take), /cannot play this take/);
  element.error = null;
  const fetched = speaker.fetch(take);
  element.dispatchEvent(new Event("error"));
  await assert.rejects(fetched, /cannot play this take/);
});

test("only the ending of a file's name is left out", () => {
  const names = ["Version 2.15", "song.mp3", "clip.3gp", "../../etc/passwd", "Hello, Pam.", "!"];
  assert.deepEqual(
    names.map((name) => fileName(name, LATE)),
    ["version-2-15", "song", "clip", "etc-passwd", "hello-pam", "take"].map((name) => `${name}-090507`),
  );
});

test("a letter of two halves is not cut in the middle of a name", () => {
  assert.equal(fileName(`a${"𐐷".repeat(40)}`, LATE), `a${"𐐷".repeat(31)}-090507`);
});

test("a shorter take brings the slider back within its range", () => {
  const slider = Object.assign(new EventTarget(), {
    attributes: new Map(),
    setAttribute: (name, value) => slider.attributes.set(name, Number(value)),
  });
  const scrubber = new Scrubber(slider, { style: {} }, { describe: () => "" });
  scrubber.range(5, { span: 5, width: 100 }, true);
  scrubber.show(4, 1000);
  scrubber.range(2, { span: 2, width: 100 }, true);
  assert.deepEqual([slider.attributes.get("aria-valuemax"), slider.attributes.get("aria-valuenow")], [2, 2]);
});
