import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOf } from "../../src/audio/file_format.js";

const file = (...parts) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : part)),
  );

const FILES = [
  [file("RIFF", [1, 10, 0, 0], "WAVEfmt "), "WAV"],
  [file("RIFF", [1, 10, 0, 0], "AVI "), "unknown"],
  [file("RF64", [255, 255, 255, 255], "WAVE"), "RF64 (WAV)"],
  [file("riff", [0x2e, 0x91]), "W64"],
  [file("FORM", [0, 0, 10, 2], "AIFF"), "AIFF"],
  [file("FORM", [0, 0, 1, 2], "AIFC"), "AIFF-C"],
  [file("fLaC", [0]), "FLAC"],
  [file("OggS", [0]), "Ogg"],
  [file("ID3", [4]), "MP3"],
  [file([0xff, 0xfb, 0x90, 0]), "MP3"],
  [file([0xff, 0xf1, 0x50, 0x80]), "AAC"],
  [file([0xff, 0xf9, 0x50, 0x80]), "AAC"],
  [file("caff", [0, 1]), "CAF"],
  [file(".snd", [0, 0]), "AU"],
  [file("#!AMR\n"), "AMR"],
  [file([0, 0, 0, 0x20], "ftypM4A "), "MP4 (M4A)"],
  [file([0x1a, 0x45, 0xdf, 0xa3, 0x9f]), "WebM or Matroska"],
  [file([0x30, 0x26, 0xb2, 0x75, 0x8e]), "ASF (WMA)"],
  [file("\n<!DOCTYPE html><html>"), "HTML, which is not audio"],
  [file('{"error": "not found"}'), "JSON, which is not audio"],
  [file("buy milk\n"), "text, which is not audio"],
  [file([0, 1, 2, 3]), "unknown"],
  [file([]), "unknown"],
];

test("a format is named by the first bytes of the file", () => {
  for (const [bytes, name] of FILES) assert.equal(formatOf(bytes), name);
});

test("the media type helps only if the bytes do not", () => {
  assert.equal(formatOf(file("fLaC"), "audio/wav"), "FLAC");
  assert.equal(formatOf(file([0, 1]), "audio/x-rare"), "unknown (audio/x-rare)");
});
