import assert from "node:assert/strict";
import { test } from "node:test";
import { A2FError } from "../../src/errors.js";
import { AudioFile } from "../../src/utterance/audio_file.js";

test("who decoded a file is known with the first frames, and stays", () => {
  const file = new AudioFile("MP3");
  assert.equal(file.decodedBy, null);
  file.decoder = "browser";
  file.onFrames();
  file.decoder = "server";
  file.onFrames();
  assert.equal(file.decodedBy, "browser");
});

test("only bad audio means that nobody can decode it", () => {
  const file = new AudioFile("MIDI");
  file.onFailure(new A2FError("timeout", "late"));
  assert.equal(file.undecodable, null);
  const bad = new A2FError("bad_audio", "no sound");
  file.onFailure(bad);
  assert.equal(file.undecodable, bad);
});

test("an error of playback names the format, others are left as they are", () => {
  const file = new AudioFile("MIDI");
  const failed = file.withFormat(new A2FError("playback_failed", "It cannot be played."));
  assert.equal(failed.message, "It cannot be played. The format of the file is MIDI.");
  const other = new A2FError("busy", "full");
  assert.equal(file.withFormat(other), other);
});
