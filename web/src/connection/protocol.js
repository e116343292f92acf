import { BLENDSHAPES } from "../arkit.js";
import { toFloat } from "../audio/pcm.js";
import { A2FError } from "../errors.js";
import { canonicalShape } from "../shape_names.js";

/** Version 1 of the WebSocket protocol (docs/protocol.md). */
const SUBPROTOCOL = "a2f.v1";

const HEADER_BYTES = 16;
const KIND_FRAMES = 1;
const KIND_AUDIO = 2;
const FULL_SCALE = 65535;

/**
 * @typedef {object} FrameBlock Consecutive frames of one server utterance.
 * @property {number} utterance
 * @property {number} first index of the first frame; frame i is the face at i / fps seconds
 * @property {number} fps
 * @property {number} count
 * @property {ArrayLike<number>} values count × columns weights
 * @property {number} scale factor that converts a value to a weight of 0–1
 */

/**
 * @typedef {object} AudioBlock Audio that the server synthesised.
 * @property {number} utterance
 * @property {number} sampleRate Hertz
 * @property {Float32Array} samples mono, −1 to 1
 */

/**
 * Decodes a binary message of frames. Returns null for other kinds and newer versions.
 * @param {ArrayBuffer} buffer
 * @returns {FrameBlock | null}
 */
export function decodeFrames(buffer) {
  if (buffer.byteLength < HEADER_BYTES) throw broken("is shorter than its header");
  const header = new DataView(buffer);
  if (header.getUint8(0) !== KIND_FRAMES || header.getUint8(1) !== 1) return null;
  const count = header.getUint16(2, true);
  const expected = HEADER_BYTES + count * BLENDSHAPES.length * 2;
  if (buffer.byteLength !== expected) throw broken(`has ${buffer.byteLength} bytes instead of ${expected}`);
  const fps = header.getUint32(12, true);
  if (fps < 1) throw broken("has no frame rate");
  return {
    utterance: header.getUint32(4, true),
    first: header.getUint32(8, true),
    fps,
    count,
    // Typed arrays are little-endian in all browsers, as is the protocol.
    values: new Uint16Array(buffer, HEADER_BYTES),
    scale: 1 / FULL_SCALE,
  };
}

/**
 * Decodes a binary message of audio. Returns null for other kinds.
 * @param {ArrayBuffer} buffer at least as long as a header
 * @returns {AudioBlock | null}
 */
export function decodeAudio(buffer) {
  const header = new DataView(buffer);
  if (header.getUint8(0) !== KIND_AUDIO || header.getUint8(1) !== 1) return null;
  return {
    utterance: header.getUint32(4, true),
    sampleRate: header.getUint32(12, true),
    samples: toFloat(new Int16Array(buffer, HEADER_BYTES)),
  };
}

/** @param {string} what */
function broken(what) {
  return new A2FError(
    "bad_message",
    `A message with frames from the server ${what}; update the client or the server.`,
  );
}

/**
 * Maps each column of the server's frames to an index in BLENDSHAPES, or −1 for unknown shapes.
 * @param {readonly string[]} names from `ready.blendshapes`
 * @returns {Int16Array}
 */
export function columnsOf(names) {
  return Int16Array.from(names, (name) => canonicalShape(name));
}

/**
 * Returns the subprotocols to offer. Browsers cannot set headers on a WebSocket, so the token is sent as a
 * subprotocol.
 * @param {string | null | undefined} token
 * @returns {string[]}
 */
export function subprotocols(token) {
  return token ? [SUBPROTOCOL, `a2f.bearer.${base64url(token)}`] : [SUBPROTOCOL];
}

/** @param {string} text */
function base64url(text) {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
