/** The bytes of a stream that may still be needed, addressed by their position from its beginning. */
export class PcmStore {
  #pieceBytes;
  /** @type {{start: number, bytes: Uint8Array}[]} */
  #pieces = [];
  #end = 0;

  /** @param {number} pieceBytes how much is handed out at once */
  constructor(pieceBytes) {
    this.#pieceBytes = pieceBytes;
  }

  /** Bytes that were pushed in all. */
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
   * What follows a position, up to the end of its piece; null at the end of the stream.
   * @param {number} position
   */
  from(position) {
    if (position >= this.#end || this.#pieces.length === 0) return null;
    const { start, bytes } = this.#pieces[this.#find(position)];
    return position > start ? bytes.subarray(position - start) : bytes;
  }

  /**
   * Forgets whole pieces before a position.
   * @param {number} position
   */
  trim(position) {
    const drop = this.#pieces.length > 0 && position > 0 ? this.#find(position) : 0;
    // One by one would move the list at every message.
    if (drop > 100) this.#pieces.splice(0, drop);
  }

  /**
   * The last piece that starts at or before a position.
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
