/**
 * @import { FeatureConstants } from "./network_file.js"
 * @import { WindowSizes } from "./sizes.js"
 */

/**
 * @typedef {object} HalfWaves Second halves of the waves, one array per pitch.
 * @property {Float64Array[]} even
 * @property {Float64Array[]} odd
 * @property {Float64Array} times seconds from the middle
 * @property {WindowSizes} sizes
 * @property {number[]} hz
 */

/**
 * Makes waves orthogonal to a constant and to hum, in place, as hum.py does. By symmetry the even waves only meet the
 * constant and cosines, the odd ones only sines.
 * @param {HalfWaves} waves
 * @param {FeatureConstants["hum"]} hum
 */
export function orthogonalToHum(waves, { rumble, mains, low, leaky, edges, mostGain }) {
  waves.hz.forEach((hz, pitch) => {
    if (hz >= leaky) return;
    const hums = hz < low ? mains : [rumble, ...mains];
    const turns = hums.map((each) => 2 * Math.PI * each);
    const pair = /** @type {const} */ (["even", "odd"]).map((kind) => {
      const before = waves[kind][pitch];
      const unwanted = turns.map((turn) =>
        waves.times.map((t) => (kind === "even" ? Math.cos : Math.sin)(turn * t)),
      );
      if (kind === "even") unwanted.unshift(waves.times.map(() => 1));
      const after = without(before, unwanted, waves.sizes, edges);
      waves[kind][pitch] = after;
      return [before, after].map((wave) => response(wave, kind, hz, waves) ** 2);
    });
    const gain = Math.sqrt((pair[0][0] + pair[1][0]) / (pair[0][1] + pair[1][1]));
    // What is silent at this rate stays so.
    if (Number.isNaN(gain)) return;
    for (const wave of [waves.even[pitch], waves.odd[pitch]])
      for (let k = 0; k < wave.length; k++) wave[k] *= Math.min(gain, mostGain);
  });
}

/**
 * Returns a wave minus what it has of the unwanted ones, each faded at the edges of the frame.
 * @param {Float64Array} wave
 * @param {Float64Array[]} unwanted
 * @param {WindowSizes} sizes
 * @param {number} edges
 */
function without(wave, unwanted, sizes, edges) {
  const faded = unwanted.map((each) => each.map((value, k) => value * taper(k, sizes, edges)));
  const matrix = unwanted.map((each) => faded.map((other) => product(each, other, sizes)));
  const shares = solved(
    matrix,
    unwanted.map((each) => product(each, wave, sizes)),
  );
  return wave.map((value, k) => shares.reduce((left, share, i) => left - share * faded[i][k], value));
}

/**
 * Scalar product over a whole frame, of two waves that are both even or both odd.
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @param {WindowSizes} sizes
 */
function product(a, b, { frame }) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return 2 * sum - (frame % 2 ? a[0] * b[0] : 0);
}

/**
 * Response of a wave to its own pitch.
 * @param {Float64Array} wave
 * @param {"even" | "odd"} kind
 * @param {number} hz
 * @param {HalfWaves} waves
 */
function response(wave, kind, hz, { times, sizes }) {
  const own = times.map((t) => (kind === "even" ? Math.cos : Math.sin)(2 * Math.PI * hz * t));
  return product(wave, own, sizes);
}

/**
 * Tukey's window at the sample k after the middle.
 * @param {number} k
 * @param {WindowSizes} sizes
 * @param {number} edges share of the frame
 */
function taper(k, { frame }, edges) {
  const position = ((frame >> 1) + k + 0.5) / frame;
  const edge = ((1 - position) * 2) / edges;
  return edge < 1 ? 0.5 - 0.5 * Math.cos(Math.PI * edge) : 1;
}

/**
 * Solves a small positive definite system by elimination with pivots.
 * @param {number[][]} matrix
 * @param {number[]} right
 */
function solved(matrix, right) {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let c = 0; c < n; c++) {
    const pivot = rows.slice(c).reduce((best, row) => (Math.abs(row[c]) > Math.abs(best[c]) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(c, 0, pivot);
    for (const row of rows.slice(c + 1)) {
      const factor = row[c] / pivot[c];
      for (let i = c; i <= n; i++) row[i] -= factor * pivot[i];
    }
  }
  const out = new Array(n).fill(0);
  for (let r = n - 1; r >= 0; r--) {
    const known = rows[r].slice(r + 1, n).reduce((sum, value, i) => sum + value * out[r + 1 + i], 0);
    out[r] = (rows[r][n] - known) / rows[r][r];
  }
  return out;
}
