/** An error whose message is a sentence for the visitor. */
export class Told extends Error {}

const PASSING = ["no_server", "connection_failed", "connection_lost", "unauthorized"];

/** Whether an error is over once there is a connection. @param {{code: string}} error */
export const passes = ({ code }) => PASSING.includes(code);

/** @param {unknown} error */
export function sentence(error) {
  if (error instanceof Told) return error.message;
  return `Something went wrong: ${/** @type {Error} */ (error)?.message ?? error}`;
}

/** What the server says begins small and has no full stop. @param {string} words */
export function asSentence(words) {
  const begun = words.trim().replace(/^\p{Ll}(?=\p{Ll}*[\s,:;])/u, (letter) => letter.toUpperCase());
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/**
 * What to do about an error of the client.
 * @param {{code: string, message: string}} error
 * @param {string} server its address
 */
export function clientError({ code, message }, server) {
  switch (code) {
    case "no_server":
    case "connection_failed":
    case "connection_lost":
      return `No connection to ${server}, so the mouth only follows the loudness. ${unreachable(server)}`;
    case "audio_locked":
      return "The browser holds the sound back until you click or press a key on this page.";
    case "unauthorized":
      return `The server wants a token. Ask it for one (POST /v1/token with its key) and paste it under Server.`;
    case "busy":
      return busy(message);
    default:
      return asSentence(message);
  }
}

/**
 * The same, while the server's voice speaks.
 * @param {{code: string, message: string}} error
 * @param {string} server its address
 */
export function speakError(error, server) {
  switch (error.code) {
    case "no_server":
    case "connection_failed":
      return `No connection to ${server}, so nobody can speak. ${unreachable(server)}`;
    case "connection_lost":
      return `The connection to ${server} broke in the middle of the sentence. Once it is back, press Speak to say it again.`;
    case "tts_unavailable":
      return "The server has no voice. In a checkout install the local one (pip install '.[voice]'; make run does it), or set A2F_AZURE_KEY and A2F_AZURE_REGION. See that A2F_TTS is not none, and start the server again.";
    case "tts_failed":
      return advised(error.message);
    case "bad_message":
      return `${asSentence(error.message)}${/\bvoice/.test(error.message) ? " Choose another voice." : ""}`;
    default:
      return clientError(error, server);
  }
}

/** The server says after a colon or a semicolon what to do, where it knows. @param {string} message */
const advised = (message) => `${asSentence(message)}${/[:;]/.test(message) ? "" : " Try again in a moment."}`;

/** While the client waits for a place. */
export const FULL =
  "The server is full just now, so the mouth only follows the loudness until it has a place.";

/** Full, ending, or asked for too much: only the message tells. @param {string} message */
function busy(message) {
  if (/shutting down/.test(message)) return "The server is restarting; try again in a moment.";
  if (/\b(streams|place|full)\b/.test(message))
    return "The server is full just now; try again in a few seconds.";
  return asSentence(message);
}

/** Why a server may not answer, and what helps. @param {string} server */
export function unreachable(server) {
  if (location.protocol === "https:" && server.startsWith("http:"))
    return "This page came over https, so the browser blocks plain http: give the server's https address.";
  const hints = "Is it running (make run), and are the address and port right?";
  if (server === location.origin) return hints;
  return `${hints} It must also allow this page: A2F_ALLOWED_ORIGINS=${location.origin}`;
}

/** @param {string} name of a file that is no sound */
export const notSound = (name) =>
  `${name} is not a sound that the server or this browser can read. Choose a wav, mp3, ogg, flac or m4a.`;

/** @param {unknown} error of getUserMedia */
export function microphoneError(error) {
  switch (/** @type {Error} */ (error)?.name) {
    case "NotAllowedError":
      return "The browser may not use the microphone. Allow it in the address bar (the icon left of the address), then press the button again.";
    case "NotFoundError":
      return "No microphone was found. Plug one in, then press the button again.";
    case "NotReadableError":
      return "The microphone cannot be read; another program may hold it. Close that, then press the button again.";
    default:
      return sentence(error);
  }
}
