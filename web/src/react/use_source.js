import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { followStream } from "../sources/media_stream.js";
import { SourceCall } from "./source_call.js";

/**
 * @import { Audio2FaceClient } from "audio2face-client"
 * @import { VoiceSession, VoiceSource } from "../sources/source.js"
 * @import { CallState } from "./source_call.js"
 */

/**
 * @template {VoiceSession} [Session=VoiceSession]
 * @typedef {CallState<Session> & {open: () => Promise<void>, close: () => void}} SourceState
 */

/**
 * Connects a face to something that talks, such as `openAIRealtime({ … })`. The session ends with the component.
 * @template {VoiceSession} Session
 * @param {{client: Audio2FaceClient | null}} face what `useFace` returned
 * @param {VoiceSource<Session> | null} source may be written inline: the latest one is used when `open` is called
 * @returns {SourceState<Session>}
 */
export function useSource({ client }, source) {
  const [call] = useState(() => new SourceCall());
  useEffect(() => {
    call.source = source;
  });
  useEffect(() => {
    call.client = client;
    return () => {
      call.close();
      call.client = null;
    };
  }, [call, client]);
  const state = /** @type {CallState<Session>} */ (
    useSyncExternalStore(call.subscribe, call.read, call.readOnServer)
  );
  return useMemo(() => ({ ...state, open: call.open, close: call.close }), [call, state]);
}

/**
 * Moves a face with a stream that the app receives, such as the track of an agent in a room.
 * @param {{client: Audio2FaceClient | null}} face what `useFace` returned
 * @param {MediaStream | null | undefined} stream
 * @param {{play?: boolean, onError?: (error: Error) => void}} [options] play: the client plays it, in sync with the face;
 *   default: something else does
 */
export function useMediaStream({ client }, stream, { play = false, onError } = {}) {
  const [latest] = useState(() => ({ onError }));
  useEffect(() => {
    latest.onError = onError;
  });
  useEffect(() => {
    if (!client || !stream) return;
    const onEnd = (/** @type {Error | undefined} */ error) => error && latest.onError?.(error);
    const session = followStream(client, stream, { play, onEnd });
    return () => void session.close();
  }, [client, stream, play, latest]);
}
