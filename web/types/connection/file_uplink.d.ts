import { A2FError } from "../errors.js";
import { Uplink } from "./uplink.js";
/** Sends a whole file, as it is, for the server to decode. */
export declare class FileUplink extends Uplink {
    #private;
    /**
     * @param {import("./connection.js").Connection} connection
     * @param {import("../types.js").Platform} platform
     * @param {() => Record<string, any>} startFields
     * @param {import("./uplink.js").UplinkListener} listener
     * @param {Uint8Array} bytes
     * @param {(error: A2FError) => void} onUnsupported the server cannot decode it, somebody else must
     */
    constructor(connection: import("./connection.js").Connection, platform: import("../types.js").Platform, startFields: () => Record<string, any>, listener: import("./uplink.js").UplinkListener, bytes: Uint8Array, onUnsupported: (error: A2FError) => void);
    /** @override @protected */
    protected startSending(): void;
    /**
     * @override @protected
     * @param {A2FError} error
     */
    protected fail(error: A2FError): void;
}
