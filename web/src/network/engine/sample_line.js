/** Samples that are still needed, addressed by their position in the audio. Samples before or after them are silence. */
export class SampleLine {
  samples = new Float32Array(4096);
  /** Position of the first sample kept. */
  first;
  /** Position after the last one. */
  end;

  /** @param {number} first position of the first sample that will be written */
  constructor(first = 0) {
    this.first = this.end = first;
  }

  /** @param {Float32Array} samples */
  write(samples) {
    const filled = this.end - this.first;
    if (filled + samples.length > this.samples.length) {
      const grown = new Float32Array(Math.max(filled + samples.length, 2 * this.samples.length));
      grown.set(this.samples.subarray(0, filled));
      this.samples = grown;
    }
    this.samples.set(samples, filled);
    this.end += samples.length;
  }

  /** Drops samples before a position; memory is moved when it is worth it. @param {number} position */
  drop(position) {
    const unused = Math.min(position, this.end) - this.first;
    if (unused <= 0 || 2 * unused < this.samples.length) return;
    const left = this.end - this.first - unused;
    // What a long file needed is given back.
    if (4 * left < this.samples.length && this.samples.length > 65536) {
      this.samples = this.samples.slice(unused, unused + Math.max(2 * left, 4096));
    } else this.samples.copyWithin(0, unused, unused + left);
    this.first += unused;
  }
}
