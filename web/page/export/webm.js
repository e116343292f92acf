/** EBML element IDs (https://www.matroska.org/technical/elements.html). */
const INFO = [0x15, 0x49, 0xa9, 0x66];
const DURATION = [0x44, 0x89];
const DURATION_BYTES = 11;

/**
 * Adds the duration to a WebM file. MediaRecorder starts the file before the duration is known, and without it players
 * show no length and can't seek. Its Segment element has an unknown size, so the Info element may grow.
 * @param {ArrayBuffer} webm
 * @param {number} seconds
 * @returns {Uint8Array<ArrayBuffer>} the file unchanged if its layout is different
 */
export function withDuration(webm, seconds) {
  const bytes = new Uint8Array(webm);
  const at = find(bytes, INFO);
  // The first bits of a size tell whether it takes one byte or two.
  const wide = at >= 0 && bytes[at + 4] < 0x80;
  if (at < 0 || bytes[at + 4] < 0x40) return bytes;
  const start = at + 4 + (wide ? 2 : 1);
  const length = wide ? ((bytes[at + 4] & 0x3f) << 8) | bytes[at + 5] : bytes[at + 4] & 0x7f;
  if (find(bytes.subarray(start, start + length), DURATION) >= 0) return bytes;
  const size = length + DURATION_BYTES;
  const head = [...bytes.subarray(0, at + 4), 0x40 | (size >> 8), size & 0xff];
  const out = new Uint8Array(head.length + DURATION_BYTES + bytes.length - start);
  out.set(head);
  out.set(durationElement(seconds), head.length);
  out.set(bytes.subarray(start), head.length + DURATION_BYTES);
  return out;
}

/** The value is in milliseconds, the unit of every WebM file that browsers write. @param {number} seconds */
function durationElement(seconds) {
  const element = new Uint8Array(DURATION_BYTES);
  element.set([...DURATION, 0x88]);
  new DataView(element.buffer).setFloat64(3, seconds * 1000);
  return element;
}

/**
 * Returns the offset of an ID in the first kilobyte; −1 if it is missing.
 * @param {Uint8Array} bytes
 * @param {number[]} id
 */
function find(bytes, id) {
  const last = Math.min(bytes.length, 1024) - id.length;
  for (let at = 0; at <= last; at++) if (id.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}
