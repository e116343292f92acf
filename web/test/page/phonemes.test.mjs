import assert from "node:assert/strict";
import { test } from "node:test";
import { soundAt, soundsOf } from "../../page/timeline/phonemes.js";

test("sounds are the voice's phonemes; a diphthong is one sound, silence is none", () => {
  const sounds = soundsOf(
    [
      { time: 0, id: 0 },
      { time: 0.1, id: 21, phonemes: "m" },
      { time: 0.2, id: 4, phonemes: "eɪ" },
      { time: 0.3, id: 6 },
      { time: 0.4, id: 0 },
      { time: 0.6, id: 19, phonemes: "nt" },
    ],
    0.7,
  );
  assert.deepEqual(sounds, [
    { start: 0.1, end: 0.2, labels: ["m"] },
    { start: 0.2, end: 0.4, labels: ["eɪ"] },
    { start: 0.6, end: 0.7, labels: ["nt"] },
  ]);
  assert.deepEqual(
    [0, 0.35, 0.5, 0.65].map((time) => soundAt(sounds, time)),
    ["", "eɪ", "", "nt"],
  );
});

test("of a voice that tells no phonemes, sounds are what the visemes may stand for", () => {
  const sounds = soundsOf(
    [
      { time: 0, id: 21 },
      { time: 0.1, id: 2 },
    ],
    0,
  );
  assert.deepEqual(sounds, [
    { start: 0, end: 0.1, labels: ["p b m", "p"] },
    { start: 0.1, end: 0.1, labels: ["ɑ", "ɑ"] },
  ]);
});
