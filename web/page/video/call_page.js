import { element } from "../dom.js";
import { CallView } from "./webrtc.js";

const token = /** @type {HTMLInputElement} */ (element("call-token"));
const url = new URL("../..", location.href).href.replace(/\/+$/, "");
new CallView(() => ({ url, token: token.value.trim() }));
