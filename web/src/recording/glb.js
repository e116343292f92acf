import { A2FError } from "../errors.js";

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;
const HEADER_BYTES = 12;

/** @typedef {{type: number, bytes: Uint8Array}} GlbChunk */

/** A binary glTF file: JSON document, binary chunk, and any other chunks. */
export class Glb {
  /** @type {any} */
  document;
  #binary;
  /** @type {GlbChunk[]} */
  #rest;
  /** @type {Uint8Array[]} */
  #added = [];
  #length;

  /** @param {ArrayBuffer | Uint8Array} bytes content of the file */
  constructor(bytes) {
    const [json, ...others] = chunksOf(new Uint8Array(/** @type {ArrayBuffer} */ (bytes)));
    if (json?.type !== JSON_CHUNK) throw damaged();
    this.document = documentOf(json.bytes);
    const [second] = others;
    this.#binary = second?.type === BIN_CHUNK ? second.bytes : null;
    this.#rest = this.#binary ? others.slice(1) : others;
    this.#length = this.#binary?.length ?? 0;
    if (!this.#binary && this.document.buffers?.length)
      throw new A2FError("bad_argument", "This GLB keeps its data in other files; export it as one file.");
  }

  /**
   * Appends numbers to the binary chunk.
   * @param {Float32Array} values
   * @param {{min?: number[], max?: number[]}} [bounds]
   * @returns {number} index of a new scalar accessor
   */
  addScalars(values, bounds = {}) {
    const { document } = this;
    const view = { buffer: 0, byteOffset: this.#length, byteLength: values.byteLength };
    const bytes = new Uint8Array(values.byteLength);
    const out = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      out.setFloat32(i * 4, value, true);
    });
    this.#added.push(bytes);
    this.#length += bytes.length;
    const bufferView = append(document, "bufferViews", view);
    return append(document, "accessors", {
      bufferView,
      componentType: 5126,
      count: values.length,
      type: "SCALAR",
      ...bounds,
    });
  }

  /** @returns {Uint8Array<ArrayBuffer>} content of the file */
  bytes() {
    const binary = joined([...(this.#binary ? [this.#binary] : []), ...this.#added], this.#length);
    if (binary.length > 0) {
      this.document.buffers ??= [{}];
      this.document.buffers[0].byteLength = binary.length;
    }
    const json = padded(new TextEncoder().encode(JSON.stringify(this.document)), 0x20);
    const chunks = [{ type: JSON_CHUNK, bytes: json }];
    if (binary.length > 0) chunks.push({ type: BIN_CHUNK, bytes: binary });
    return fileOf([...chunks, ...this.#rest]);
  }
}

/**
 * @param {Uint8Array} file
 * @returns {GlbChunk[]}
 */
function chunksOf(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_BYTES + 8 || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== 2)
    throw damaged();
  const chunks = [];
  for (let at = HEADER_BYTES; at + 8 <= file.length; ) {
    const length = view.getUint32(at, true);
    if (at + 8 + length > file.length) throw damaged();
    chunks.push({ type: view.getUint32(at + 4, true), bytes: file.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return chunks;
}

/** @param {Uint8Array} json */
function documentOf(json) {
  try {
    const document = JSON.parse(new TextDecoder().decode(json));
    if (document?.asset) return document;
  } catch {
    // Handled below.
  }
  throw damaged();
}

/** @param {GlbChunk[]} chunks @returns {Uint8Array<ArrayBuffer>} */
function fileOf(chunks) {
  const length = chunks.reduce((sum, { bytes }) => sum + 8 + bytes.length, HEADER_BYTES);
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  [MAGIC, 2, length].forEach((value, i) => {
    view.setUint32(i * 4, value, true);
  });
  let at = HEADER_BYTES;
  for (const { type, bytes } of chunks) {
    view.setUint32(at, bytes.length, true);
    view.setUint32(at + 4, type, true);
    file.set(bytes, at + 8);
    at += 8 + bytes.length;
  }
  return file;
}

/**
 * @param {any} document
 * @param {string} list
 * @param {unknown} item
 * @returns {number} index of the item
 */
function append(document, list, item) {
  document[list] ??= [];
  return document[list].push(item) - 1;
}

/**
 * @param {Uint8Array[]} pieces
 * @param {number} length total length
 */
function joined(pieces, length) {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/**
 * Pads to a multiple of four bytes, as chunks require.
 * @param {Uint8Array} bytes
 * @param {number} filler
 */
function padded(bytes, filler) {
  const all = new Uint8Array(bytes.length + (-bytes.length & 3)).fill(filler);
  all.set(bytes);
  return all;
}

function damaged() {
  return new A2FError(
    "bad_argument",
    "This is not a GLB, or it is cut off; export it again as binary glTF 2.0.",
  );
}
