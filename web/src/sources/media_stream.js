/**
 * @import { Audio2FaceClient } from "audio2face-client"
 * @import { VoiceSession, VoiceSource } from "./source.js"
 */

/**
 * Follows a stream until it is closed, also after `client.cancel()`.
 * @param {Audio2FaceClient} client
 * @param {MediaStream} stream
 * @param {{play?: boolean, onEnd?: (error?: Error) => void}} [options] play: the client plays it, in sync with the
 *   face; mute what plays it otherwise. onEnd: it cannot be read, or has no live track any more
 * @returns {VoiceSession}
 */
export function followStream(client, stream, { play = false, onEnd } = {}) {
  let closed = false;
  /** @type {ReturnType<Audio2FaceClient["listen"]>} */
  let session;
  const end = (/** @type {Error | undefined} */ error) => {
    if (!closed) onEnd?.(error);
    closed = true;
  };
  const follow = async () => {
    session = client.listen(stream, { play });
    await session.ready;
    const { cancelled } = await session.done;
    if (closed) return;
    if (cancelled && isLive(stream)) return follow();
    end(undefined);
  };
  follow().catch(end);
  return {
    close() {
      closed = true;
      session?.cancel();
    },
  };
}

/**
 * A stream of the app, such as a WebRTC track that it receives.
 * @param {MediaStream} stream
 * @param {{play?: boolean}} [options] play: the client plays it, in sync with the face; default: something else does
 * @returns {VoiceSource}
 */
export function mediaStream(stream, options) {
  return async ({ client, onEnd }) => followStream(client, stream, { ...options, onEnd });
}

/** @param {MediaStream} stream */
function isLive(stream) {
  return stream.getAudioTracks().some(({ readyState }) => readyState !== "ended");
}
