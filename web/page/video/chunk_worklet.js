// @ts-nocheck: the types of a page lack the globals of a worklet.
// Collects the microphone's samples into chunks of the requested length and posts each chunk.
class Chunks extends AudioWorkletProcessor {
  /** @param {{processorOptions: {size: number}}} options size: samples of a chunk */
  constructor({ processorOptions: { size } }) {
    super();
    this.chunk = new Float32Array(size);
    this.used = 0;
  }

  /** @param {Float32Array[][]} inputs */
  process([[samples]]) {
    for (const sample of samples ?? []) {
      this.chunk[this.used++] = sample;
      if (this.used < this.chunk.length) continue;
      this.port.postMessage(this.chunk.slice());
      this.used = 0;
    }
    return true;
  }
}

registerProcessor("chunks", Chunks);
