import { A2FError } from "./errors.js";

/**
 * The server's address in both of its forms; keeps a path prefix.
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
    // Falls through to the sentence below.
  }
  throw new A2FError("bad_argument", `serverUrl "${serverUrl}" is no address; write it as http://host:port.`);
}
