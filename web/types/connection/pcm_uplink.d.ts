import { Uplink } from "./uplink.js";
/**
 * Streams PCM. Before a segment reaches the server's limit the next one begins, at a pause if there is one,
 * exactly on a frame; after a broken connection it goes on from what is being heard.
 */
export declare class PcmUplink extends Uplink {
    #private;
    /**
     * @param {import("./connection.js").Connection} connection
     * @param {import("../types.js").Platform} platform
     * @param {() => Record<string, any>} startFields
     * @param {import("./uplink.js").UplinkListener} listener
     * @param {import("../audio/pcm.js").PcmFormat} format
     */
    constructor(connection: import("./connection.js").Connection, platform: import("../types.js").Platform, startFields: () => Record<string, any>, listener: import("./uplink.js").UplinkListener, format: import("../audio/pcm.js").PcmFormat);
    /** @param {Uint8Array} bytes whole instants */
    write(bytes: Uint8Array): void;
    end(): void;
    /** @override @protected */
    protected startSending(): void;
}
