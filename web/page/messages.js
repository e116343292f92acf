import { pageUrl } from "./page_url.js";

/** An error whose message is shown to the visitor unchanged. It says what to do. */
export class UserError extends Error {}

/**
 * @typedef {object} ClientError An error of the client, as thrown or as its `error` event carries it.
 * @property {string} code
 * @property {string} message
 * @property {string} [reason] with the code `busy`: "full", "draining", "connections", "queue" or "quota"; with
 *   `unauthorized`: "missing", "wrong", "expired", "scope", "origin" or "host"
 * @property {number} [utterance]
 */

const CONNECTION_CODES = new Set(["no_server", "connection_failed", "connection_lost", "unauthorized"]);

/** Shown while the client waits for the server to accept an utterance. */
export const SERVER_FULL =
  "The server has no free slot for this page. Until it has one, the mouth follows the loudness of the audio.";

/** What to do when the server is busy, by reason. @type {Record<string, string>} */
const BUSY = {
  full: "The server is at capacity. Try again in a few seconds.",
  connections: "The server has too many connections. Try again in a few seconds.",
  draining: "The server is restarting. Try again in a moment.",
  queue:
    "This page has as many utterances queued or open as the server allows. Try again when the current one has finished.",
};

/** What is wrong with the token, by reason. Older servers send no reason. @type {Record<string, string>} */
const TOKEN = {
  missing: "This server needs a token.",
  wrong: "This server doesn't accept this token.",
  expired: "The token has expired.",
  scope: "The key of this token is not meant for clients.",
};

/**
 * Says why the server refuses this page, and what to do.
 * @param {ClientError} error with the code `unauthorized`
 * @param {string} server its URL
 */
function describeRefusal({ message, reason = "missing" }, server) {
  if (!(reason in TOKEN)) return toSentence(message);
  const url = `${server.replace(/^ws/, "http")}/v1/token`;
  return `${TOKEN[reason]} Request one (curl -X POST -H "Authorization: Bearer API_KEY" ${url}) and paste it under Developer.`;
}

/** Says in a few words why there is no text-to-speech. @param {ClientError} error the reason why there is no connection */
export function summarizeRefusal({ code, reason = "missing" }) {
  if (code !== "unauthorized") return "Not connected, so there is no text-to-speech.";
  return reason in TOKEN ? `${TOKEN[reason]} Paste one under Developer.` : "The server refuses this page.";
}

/** Returns whether an error is resolved once the page is connected. @param {{code: string}} error */
export const isConnectionError = ({ code }) => CONNECTION_CODES.has(code);

/** Returns the message to show for anything that was thrown. @param {unknown} error */
export function messageOf(error) {
  if (error instanceof UserError) return error.message;
  return `Something went wrong: ${/** @type {Error} */ (error)?.message ?? error}`;
}

/** Capitalizes a message and adds a full stop: the server sends neither. @param {string} message */
export function toSentence(message) {
  const text = message.trim().replace(/^\p{Ll}(?=\p{Ll}*[\s,:;])/u, (letter) => letter.toUpperCase());
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/**
 * Says what to do about an error of the client.
 * @param {ClientError} error
 * @param {string} server its URL
 */
export function describeError({ code, message, reason }, server) {
  switch (code) {
    case "no_server":
    case "connection_failed":
    case "connection_lost":
      return `Can't reach ${server}, so the mouth follows the loudness of the audio. ${connectionHints(server)}`;
    case "audio_locked":
      return "The browser blocks audio until you interact with this page. Click it or press a key.";
    case "unauthorized":
      return describeRefusal({ code, message, reason }, server);
    case "busy":
      // With "quota" the server's own message says how long to wait.
      return BUSY[reason ?? ""] ?? toSentence(message);
    default:
      return toSentence(message);
  }
}

/**
 * Says what to do about an error of text-to-speech.
 * @param {ClientError} error
 * @param {string} server its URL
 */
export function describeSpeechError(error, server) {
  switch (error.code) {
    case "no_server":
    case "connection_failed":
      return `Can't reach ${server}, so there is no text-to-speech. ${connectionHints(server)}`;
    case "connection_lost":
      return `The connection to ${server} was lost mid-sentence. When it is back, press Speak to say it again.`;
    case "tts_unavailable":
      return "This server has no text-to-speech voice. Install the local one (pip install '.[voice]' in a checkout; make run does it), or set A2F_AZURE_KEY and A2F_AZURE_REGION. Make sure A2F_TTS is not none, then restart the server.";
    default:
      return describeError(error, server);
  }
}

/** Says what to check if a server does not answer. @param {string} server its URL */
export function connectionHints(server) {
  if (location.protocol === "https:" && server.startsWith("http:"))
    return "This page was loaded over https, so the browser blocks plain http. Use the server's https address.";
  const hints = "Check that it is running (make run) and that the address and port are right.";
  if (server === pageUrl()) return hints;
  return `${hints} The server must also allow this page: A2F_ALLOWED_ORIGINS=${location.origin}`;
}

/** @param {string} name of a file that is not audio */
export const unreadableAudio = (name) =>
  `Can't read ${name} as audio. Choose a WAV, MP3, Ogg, FLAC or M4A file.`;

/** Says what to do about an error of getUserMedia(). @param {unknown} error */
export function describeMicrophoneError(error) {
  switch (/** @type {Error} */ (error)?.name) {
    case "NotAllowedError":
      return "The browser blocks the microphone. Allow it with the icon at the left of the address bar, then press the button again.";
    case "NotFoundError":
      return "No microphone was found. Connect one, then press the button again.";
    case "NotReadableError":
      return "Can't read the microphone. Another program may be using it: close that program, then press the button again.";
    default:
      return messageOf(error);
  }
}
