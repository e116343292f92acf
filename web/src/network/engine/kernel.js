/**
 * A kernel computes y += x · w for T rows of x, `[T, K]`, and weights `[K, N]`. N is a multiple of 8, K of 4. The weights
 * are in panels of 8 columns: `[N / 8][K][8]`. Each sum is in the order of k, so that it has the same bits in any kernel
 * and for any T.
 * @typedef {(x: number, xStride: number, w: number, y: number, yStride: number, T: number, K: number, N: number) => void}
 *   Kernel Addresses are in bytes, strides in floats.
 */

/**
 * The kernel in plain JavaScript: each operation is rounded to float32.
 * @param {Float32Array} memory
 * @returns {Kernel}
 */
export function plainKernel(memory) {
  const f = Math.fround;
  return (xByte, xStride, wByte, yByte, yStride, T, K, N) => {
    for (let t = 0; t < T; t++) {
      const x = (xByte >> 2) + t * xStride;
      let w = wByte >> 2;
      for (let n = 0; n < N; n += 8) {
        const y = (yByte >> 2) + t * yStride + n;
        let a = memory[y];
        let b = memory[y + 1];
        let c = memory[y + 2];
        let d = memory[y + 3];
        let e = memory[y + 4];
        let g = memory[y + 5];
        let h = memory[y + 6];
        let i = memory[y + 7];
        for (let k = 0; k < K; k++, w += 8) {
          const s = memory[x + k];
          a = f(a + f(s * memory[w]));
          b = f(b + f(s * memory[w + 1]));
          c = f(c + f(s * memory[w + 2]));
          d = f(d + f(s * memory[w + 3]));
          e = f(e + f(s * memory[w + 4]));
          g = f(g + f(s * memory[w + 5]));
          h = f(h + f(s * memory[w + 6]));
          i = f(i + f(s * memory[w + 7]));
        }
        memory[y] = a;
        memory[y + 1] = b;
        memory[y + 2] = c;
        memory[y + 3] = d;
        memory[y + 4] = e;
        memory[y + 5] = g;
        memory[y + 6] = h;
        memory[y + 7] = i;
      }
    }
  };
}
