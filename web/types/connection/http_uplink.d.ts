import { A2FError } from "../errors.js";
/** A whole file over `POST /v1/animate`, for networks that let no WebSocket through. */
export declare class HttpUplink {
    #private;
    /** @type {null} HTTP has no segments. */
    serverUtterance: null;
    /**
     * @param {import("../types.js").Platform} platform
     * @param {() => import("../types.js").Settings} settings
     * @param {() => Record<string, any>} fields
     * @param {import("./uplink.js").UplinkListener} listener
     * @param {{bytes: Uint8Array, type: string}} file
     * @param {(error: A2FError) => void} onUnsupported
     */
    constructor(platform: import("../types.js").Platform, settings: () => import("../types.js").Settings, fields: () => Record<string, any>, listener: import("./uplink.js").UplinkListener, { bytes, type }: {
        bytes: Uint8Array;
        type: string;
    }, onUnsupported: (error: A2FError) => void);
    open(): void;
    /** @param {boolean} [_newest] */
    close(_newest?: boolean): void;
    setEmotions(): void;
}
