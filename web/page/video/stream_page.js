import { StreamView } from "./stream_view.js";

const token = /** @type {HTMLInputElement} */ (document.getElementById("stream-token"));
const url = new URL("../..", location.href).href.replace(/\/+$/, "");
const view = new StreamView(() => ({ url, token: token.value.trim() }));

// For the console.
Object.assign(globalThis, { stream: view });
