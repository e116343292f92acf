/**
 * @typedef {object} FeatureConstants Constants of the features; a2f_server/backends/builtin/mel.py and hum.py explain them.
 * @property {number} bands
 * @property {number} perBand sines per band
 * @property {number} lowest Hz
 * @property {number} highest Hz
 * @property {number} frame seconds
 * @property {number} hop seconds
 * @property {number} shortest seconds
 * @property {number} audible share of the sample rate
 * @property {number} quiet power
 * @property {{rumble: number, mains: number[], low: number, leaky: number, edges: number, mostGain: number}} hum
 *
 * @typedef {object} NetworkLayout
 * @property {string} format
 * @property {number} version
 * @property {number} stepRate steps per second
 * @property {number} lead steps of look-ahead
 * @property {number} stem steps that the first layer takes side by side
 * @property {number[]} dilations of the residual blocks
 * @property {string[]} blendshapes
 * @property {object} expressions as `GET /v1/expressions` returns it
 * @property {FeatureConstants} features
 * @property {{name: string, shape: number[], type: string, at: number}[]} tensors
 *
 * @typedef {{shape: number[], values: Float32Array}} Tensor
 */

/** The version that this code can read. */
export const VERSION = 1;

const BYTES = /** @type {Record<string, number>} */ ({ float16: 2, float32: 4 });

/**
 * Reads the file that tools/network_file writes.
 * @param {ArrayBuffer} file
 * @returns {Promise<{layout: NetworkLayout, tensors: Map<string, Tensor>}>}
 * @throws {Error} an actionable message if it is cut, of another version, or something else
 */
export async function readNetwork(file) {
  const content = await inflated(file);
  const end = 4 + new DataView(content.buffer).getUint32(0, true);
  const layout = parsed(content.subarray(4, end));
  if (layout.version !== VERSION)
    throw new Error(
      `The network has version ${layout.version}, but this client reads version ${VERSION}; ` +
        "use the network.bin of the client's own package.",
    );
  const data = content.subarray(end);
  return { layout, tensors: new Map(layout.tensors.map((tensor) => [tensor.name, tensorOf(tensor, data)])) };
}

/** @param {ArrayBuffer} file */
async function inflated(file) {
  const bytes = new Uint8Array(file);
  // A server may have declared the compression, so that the browser has undone it.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return requireSize(bytes, 8);
  if (typeof DecompressionStream === "undefined")
    throw new Error("This browser cannot decompress the network (no DecompressionStream).");
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return requireSize(new Uint8Array(await new Response(stream).arrayBuffer()), 8);
  } catch {
    throw new Error("The network file is cut or damaged; upload or download it again.");
  }
}

/** @param {Uint8Array} bytes @returns {NetworkLayout} */
function parsed(bytes) {
  try {
    const layout = JSON.parse(new TextDecoder().decode(bytes));
    if (layout.format === "a2f-network") return layout;
  } catch {
    // Not ours: handled below.
  }
  throw new Error("The file is not a network; give the address of network.bin.");
}

/**
 * @param {{shape: number[], type: string, at: number}} tensor
 * @param {Uint8Array} data
 * @returns {Tensor}
 */
function tensorOf({ shape, type, at }, data) {
  const length = shape.reduce((product, size) => product * size, 1);
  const size = BYTES[type];
  const bytes = new Uint8Array(length * size);
  const planes = requireSize(data.subarray(at, at + length * size), length * size);
  for (let plane = 0; plane < size; plane++)
    for (let i = 0; i < length; i++) bytes[i * size + plane] = planes[plane * length + i];
  const values = size === 2 ? fromHalf(new Uint16Array(bytes.buffer)) : new Float32Array(bytes.buffer);
  return { shape, values };
}

/**
 * @param {Uint8Array} bytes
 * @param {number} least
 */
function requireSize(bytes, least) {
  if (bytes.length < least) throw new Error("The network file is cut; upload or download it again.");
  return bytes;
}

/** Converts float16 to float32. @param {Uint16Array} halves */
function fromHalf(halves) {
  const out = new Float32Array(halves.length);
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) {
    const [sign, exponent, fraction] = [halves[i] & 0x8000, (halves[i] >> 10) & 31, halves[i] & 0x3ff];
    if (exponent > 0) bits[i] = (sign << 16) | ((exponent + 112) << 23) | (fraction << 13);
    else out[i] = (sign ? -fraction : fraction) * 2 ** -24;
  }
  return out;
}
