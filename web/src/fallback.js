/**
 * Reasons for a change of animation source, as reported by the `rank` event.
 * @typedef {typeof FALLBACK[keyof typeof FALLBACK]} FallbackReason
 */

export const FALLBACK = Object.freeze({
  /** The server has accepted the utterance but has not sent frames yet. */
  waiting: "waiting for frames",
  /** Frames arrive too late for the playback position. */
  late: "frames late",
  /** Frames for the playback position are available. */
  framesAvailable: "frames are there",
  /** There was no connection when the utterance started. */
  noConnection: "no connection",
  connectionLost: "connection lost",
  /** The client was told to use no server (`serverUrl: false`). */
  noServer: "no server",
  /** The server refused the utterance for lack of capacity; the client retries. */
  serverBusy: "server busy",
  /** The audio stopped coming in the middle of the utterance, so the mouth relaxes. */
  stalled: "audio stalled",
  cancelled: "cancelled",
  finished: "utterance over",
});
