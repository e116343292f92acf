import { A2FError } from "../errors.js";
import { isUndecodable, Uplink } from "./uplink.js";

/**
 * @import { Platform } from "../types.js"
 * @import { Connection } from "./connection.js"
 * @import { UplinkListener } from "./uplink.js"
 */

/** Maximum bytes per message, well below any server's limit. */
const MESSAGE_BYTES = 65536;

/** Sends a whole audio file for the server to decode. */
export class FileUplink extends Uplink {
  #bytes;
  #onUnsupported;

  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Record<string, any>} startFields
   * @param {UplinkListener} listener
   * @param {Uint8Array} bytes
   * @param {(error: A2FError) => void} onUnsupported called if the server cannot decode the file
   */
  constructor(connection, platform, startFields, listener, bytes, onUnsupported) {
    super(connection, platform, startFields, listener);
    this.#bytes = bytes;
    this.#onUnsupported = onUnsupported;
  }

  /** @override @protected */
  startSending() {
    const { file_bytes: most = Infinity, message_bytes: step = MESSAGE_BYTES } =
      this.connection.ready.limits ?? {};
    if (this.#bytes.length > most) return this.fail(tooLarge(this.#bytes.length, most));
    const serverUtterance = this.startUtterance(0, { encoding: "file" });
    const piece = Math.min(step, MESSAGE_BYTES);
    for (let at = 0; at < this.#bytes.length; at += piece)
      serverUtterance.sendAudio(this.#bytes.subarray(at, at + piece));
    serverUtterance.end();
  }

  /**
   * @override @protected
   * @param {A2FError} error
   */
  fail(error) {
    if (!isUndecodable(error)) return super.fail(error);
    this.close(true);
    this.#onUnsupported(error);
  }
}

/**
 * @param {number} size
 * @param {number} most
 */
function tooLarge(size, most) {
  return new A2FError(
    "too_large",
    `The audio file has ${size} bytes, but the server accepts ${most}; split it.`,
  );
}
