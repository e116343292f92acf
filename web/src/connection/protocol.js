import { BLENDSHAPES } from "../arkit.js";
import { toFloat } from "../audio/pcm.js";
import { A2FError } from "../errors.js";
import { canonicalShape } from "../shape_names.js";

/** Wire protocol 1, as the server's protocol page describes it: names, addresses, binary layout. */
const SUBPROTOCOL = "a2f.v1";

const HEADER_BYTES = 16;
const KIND_FRAMES = 1;
const KIND_AUDIO = 2;
const FULL_SCALE = 65535;

/**
 * @typedef {object} FrameBlock Consecutive frames of one utterance.
 * @property {number} utterance
 * @property {number} first index of the first frame; frame i shows the face at i / fps seconds
 * @property {number} fps
 * @property {number} count
 * @property {ArrayLike<number>} values count × columns weights
 * @property {number} scale what a value is multiplied by to give a weight of 0–1
 */

/**
 * @typedef {object} AudioBlock Sound that the server speaks.
 * @property {number} utterance
 * @property {number} sampleRate Hertz
 * @property {Float32Array} samples mono, −1 to 1
 */

/**
 * Reads a binary message; null when it is not a block of frames (another kind, a newer version).
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
    // Every browser runs on little-endian machines, so the wire's order is the array's order.
    values: new Uint16Array(buffer, HEADER_BYTES),
    scale: 1 / FULL_SCALE,
  };
}

/**
 * Reads a binary message; null when it is not sound.
 * @param {ArrayBuffer} buffer at least a header
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
    `A frame message of the server ${what}; update the client or the server.`,
  );
}

/**
 * For each column of the server's frames the index in our order, or −1 for a shape we do not know.
 * @param {readonly string[]} names as `ready.blendshapes` lists them
 * @returns {Int16Array}
 */
export function columnsOf(names) {
  return Int16Array.from(names, (name) => canonicalShape(name));
}

/**
 * Browsers cannot set headers on a WebSocket, so the token travels as a subprotocol.
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
