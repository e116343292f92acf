/** Holds the bytes of a stream that may still be needed, addressed by their position in the stream. */
export class PcmStore {
  #pieceBytes;
  /** @type {{start: number, bytes: Uint8Array}[]} */
  #pieces = [];
  #end = 0;

  /** @param {number} pieceBytes maximum size of a piece */
  constructor(pieceBytes) {
    this.#pieceBytes = pieceBytes;
  }

  /** Total number of bytes pushed. */
  get end() {
    return this.#end;
  }

  /** @param {Uint8Array} bytes */
  push(bytes) {
    for (let at = 0; at < bytes.length; at += this.#pieceBytes) {
      const piece = bytes.subarray(at, at + this.#pieceBytes);
      this.#pieces.push({ start: this.#end, bytes: piece });
      this.#end += piece.length;
    }
  }

  /**
   * Returns the bytes from a position to the end of its piece, or null at the end of the stream.
   * @param {number} position
   */
  from(position) {
    if (position >= this.#end || this.#pieces.length === 0) return null;
    const { start, bytes } = this.#pieces[this.#find(position)];
    return position > start ? bytes.subarray(position - start) : bytes;
  }

  /**
   * Drops whole pieces before a position.
   * @param {number} position
   */
  trim(position) {
    const drop = this.#pieces.length > 0 && position > 0 ? this.#find(position) : 0;
    // Drop many at a time, because it moves the list.
    if (drop > 100) this.#pieces.splice(0, drop);
  }

  /**
   * Returns the index of the last piece that starts at or before a position.
   * @param {number} position
   */
  #find(position) {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#pieces[middle].start <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
