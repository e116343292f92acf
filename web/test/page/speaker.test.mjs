import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName } from "../../page/export/download.js";
import { AudioPlayer } from "../../page/speak/audio_player.js";
import { Scrubber } from "../../page/timeline/scrubber.js";
import { settle, World } from "../support/world.mjs";

const LATE = new Date(2030, 0, 1, 9, 5, 7);

/** The page's audio player, and the calls that it makes, in order. */
function made(answers = {}) {
  const log = [];
  const element = new World().element();
  const client = {
    cancel: () => log.push("cancel"),
    replay: async () => log.push("replay"),
    processAndAnimate: async () => ({ frames: 30, duration: 1 }),
    ...answers,
  };
  const source = { add: () => {}, claim: () => log.push(`claim ${element.src ? "full" : "empty"}`) };
  const player = new AudioPlayer(client, source, element, {
    start: (name, _status, { replay }) => log.push(`start ${name} ${replay}`),
    end: (status) => log.push(status),
    error: (message) => log.push(`error: ${message}`),
  });
  return { player, element, log };
}

/** Stands for a recording. */
const recording = { duration: 1, wav: () => new Blob(["sound"]) };

test("other sources stop before a file is loaded", async () => {
  const { player, log } = made();
  await player.play(new Blob(["file"]), "a.wav");
  assert.equal(log[0], "claim empty");
  assert.equal(log.at(-1), "Spoke a.wav: 1.0 s, 30 frames.");
});

test("a recording in the player is replaced by a file", async () => {
  const { player, log, element } = made();
  player.load(recording, "sentence");
  const held = element.src;
  await player.play(new Blob(["file"]), "a.wav");
  assert.notEqual(element.src, held);
  assert.ok(log.includes("start a.wav false"));
  assert.ok(!log.includes("replay"));
});

test("scrubbing stops other sources", async () => {
  const { player, log } = made();
  player.load(recording, "sentence");
  player.seek(0.5);
  await settle();
  assert.deepEqual(log, ["claim full", "Paused.", "replay", "Played sentence: 1.0 s."]);
});

test("a failed replay gives the reason", async () => {
  const failed = Object.assign(new Error("The audio element cannot play"), { code: "playback_failed" });
  const { player, log } = made({ replay: async () => Promise.reject(failed) });
  player.load(recording, "sentence");
  player.seek(0);
  await settle();
  assert.match(log.at(-2), /^error: Can't read sentence as audio/);
  assert.equal(log.at(-1), "Nothing was played.");
  assert.equal(player.active, false);
});

test("Stop ends a replay", async () => {
  const { player, log } = made({ replay: () => new Promise(() => {}) });
  player.load(recording, "sentence");
  player.seek(0.2);
  player.stop();
  assert.deepEqual(log.slice(-2), ["cancel", "Stopped."]);
  assert.equal(player.active, false);
});

test("preparing a recording loads it, or rejects if it can't be played", async () => {
  const { player, element } = made();
  await player.play(new Blob(["file"]), "a.wav");
  await player.prepare(recording);
  assert.equal(player.recording, recording);
  Object.assign(element, { readyState: 0, error: { code: 4 } });
  await assert.rejects(player.prepare(recording), /can't play this recording/);
  element.error = null;
  const fetched = player.prepare(recording);
  element.dispatchEvent(new Event("error"));
  await assert.rejects(fetched, /can't play this recording/);
});

test("a file name drops only its extension", () => {
  const names = ["Version 2.15", "song.mp3", "clip.3gp", "../../etc/passwd", "Hello, Pam.", "!"];
  assert.deepEqual(
    names.map((name) => fileName(name, LATE)),
    ["version-2-15", "song", "clip", "etc-passwd", "hello-pam", "recording"].map((name) => `${name}-090507`),
  );
});

test("a file name does not split surrogate pairs", () => {
  assert.equal(fileName(`a${"𐐷".repeat(40)}`, LATE), `a${"𐐷".repeat(31)}-090507`);
});

test("a shorter recording moves the slider back into its range", () => {
  const slider = Object.assign(new EventTarget(), {
    attributes: new Map(),
    setAttribute: (name, value) => slider.attributes.set(name, Number(value)),
  });
  const scrubber = new Scrubber(slider, { style: {} }, { describe: () => "" });
  scrubber.setRange(5, { span: 5, width: 100 }, true);
  scrubber.show(4, 1000);
  scrubber.setRange(2, { span: 2, width: 100 }, true);
  assert.deepEqual([slider.attributes.get("aria-valuemax"), slider.attributes.get("aria-valuenow")], [2, 2]);
});
