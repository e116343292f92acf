/** First bytes of files, and the name of the format. @type {readonly [RegExp, string][]} */
const SIGNATURES = [
  [/^RIFF....WAVE/s, "WAV"],
  [/^RF64/, "RF64 (WAV)"],
  [/^riff/, "W64"],
  [/^FORM....AIFF/s, "AIFF"],
  [/^FORM....AIFC/s, "AIFF-C"],
  [/^fLaC/, "FLAC"],
  [/^OggS/, "Ogg"],
  [/^ID3/, "MP3"],
  [/^caff/, "CAF"],
  [/^\.snd/, "AU"],
  [/^#!AMR/, "AMR"],
  [/^.E\xdf\xa3/s, "WebM or Matroska"],
  [/^....ftyp/s, "MP4 (M4A)"],
  [/^0&\xb2u/, "ASF (WMA)"],
  [/^MThd/, "MIDI, which has no sound"],
  [/^PK../s, "ZIP, which is not audio"],
  [/^%PDF/, "PDF, which is not audio"],
  // The error page of a web server, perhaps.
  [/^\s*<(!doctype html|html)/i, "HTML, which is not audio"],
  [/^\s*[[{]/, "JSON, which is not audio"],
  [/^[\t\n\r -~]+$/, "text, which is not audio"],
];

/** Enough to recognise a text. */
const HEAD_BYTES = 256;

/**
 * Names the format of a file by its first bytes, for error messages.
 * @param {Uint8Array} bytes
 * @param {string} [type] media type, used if the bytes say nothing
 */
export function formatOf(bytes, type = "") {
  const head = String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
  const known = SIGNATURES.find(([pattern]) => pattern.test(head));
  return known?.[1] ?? frameFormat(bytes) ?? (type ? `unknown (${type})` : "unknown");
}

/** Names a format of frames without a file header. @param {Uint8Array} bytes */
function frameFormat([first, second]) {
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null;
  return (second & 0xf6) === 0xf0 ? "AAC" : "MP3";
}
