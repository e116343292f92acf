import { A2FError } from "./errors.js";

/**
 * Returns the server's HTTP and WebSocket addresses. A path prefix is kept.
 * @param {string} serverUrl http(s):// or ws(s)://
 * @returns {{http: string, socket: string}}
 */
export function addresses(serverUrl) {
  const url = parse(serverUrl);
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  const rest = `//${url.host}${url.pathname.replace(/\/+$/, "")}`;
  return { http: `http${secure ? "s" : ""}:${rest}`, socket: `ws${secure ? "s" : ""}:${rest}/ws` };
}

/** @param {string} serverUrl */
function parse(serverUrl) {
  try {
    const url = new URL(serverUrl);
    if (/^(https?|wss?):$/.test(url.protocol) && url.host) return url;
  } catch {
    // Not a URL: handled below.
  }
  throw new A2FError(
    "bad_argument",
    `serverUrl "${serverUrl}" is not a valid address; write it as http://host:port.`,
  );
}
