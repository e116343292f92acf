/**
 * Reasons for a change of face source, as the `rank` event reports them.
 *
 * @typedef {typeof FALLBACK[keyof typeof FALLBACK]} FallbackReason
 */

export const FALLBACK = Object.freeze({
  /** The server has accepted the utterance but has sent no frames yet. */
  waiting: "waiting for frames",
  /** Frames arrive too slowly for the playback position. */
  late: "frames late",
  /** There are frames for the playback position, so the server takes over. */
  framesAvailable: "frames are there",
  /** There was no connection when the utterance began. */
  noConnection: "no connection",
  connectionLost: "connection lost",
  /** The server refused the utterance for lack of capacity; the client retries. */
  serverBusy: "server busy",
  cancelled: "cancelled",
  finished: "utterance over",
});
