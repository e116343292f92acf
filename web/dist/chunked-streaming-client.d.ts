/* audio2face-client 0.1.0, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */
/** Error codes of the server; the last five occur only over HTTP. */
type ServerErrorCode = "bad_message" | "bad_state" | "unsupported_audio" | "bad_audio" | "too_long" | "too_large" | "busy" | "unauthorized" | "not_found" | "backend_failed" | "tts_unavailable" | "tts_failed" | "timeout" | "unsupported_picture" | "bad_picture" | "bad_avatar" | "no_face" | "not_installed";
/** Error codes of the client itself. */
type ClientErrorCode = "bad_argument" | "bad_state" | "bad_audio" | "empty_audio" | "no_server" | "connection_failed" | "connection_lost" | "audio_locked" | "audio_interrupted" | "morphs_overwritten" | "playback_failed" | "microphone_failed" | "no_expressions" | "network_unavailable" | "tts_failed" | "source_failed" | "no_webgl" | "disposed";
type ErrorCode = ServerErrorCode | ClientErrorCode;
/** The cause of a `busy` or `unauthorized` error. Busy: full: every slot is taken; draining: it is shutting down; connections: too many connections; queue: too many utterances of this socket or user wait or are open; quota: the limit of this user, key or address is reached. Unauthorized: missing: no token was sent; wrong: it is not one of this server's; expired: a new one is needed; scope: the key is not meant for this; origin: this page's origin is not allowed; host: the server was addressed by a name that is not allowed. */
type ErrorReason = "full" | "draining" | "connections" | "queue" | "quota" | "missing" | "wrong" | "expired" | "scope" | "origin" | "host";
/** The caller whose limit a `busy` error is about. */
type ErrorScope = "subject" | "key" | "address" | "socket";
/**
 * An error that the client throws or reports with its `error` event. `code` and `reason` are for programs; `message` is
 * for people and says what to do.
 */
declare class A2FError extends Error {
    code: ErrorCode;
    /** True if the connection is closed and the client will not reconnect on its own. */
    fatal: boolean;
    /** Details of `busy` and `unauthorized`, if the server sends them. */
    reason: ErrorReason | undefined;
    /** With the code `busy`, whose limit it is, if the server says so. */
    scope: ErrorScope | undefined;
    /**
     * @param {ErrorCode | (string & {})} code
     * @param {string} message
     * @param {{fatal?: boolean, reason?: ErrorReason, scope?: ErrorScope}} [details]
     */
    constructor(code: ErrorCode | (string & {}), message: string, { fatal, reason, scope }?: {
        fatal?: boolean;
        reason?: ErrorReason;
        scope?: ErrorScope;
    });
}

type SessionOptions = {
    /**
     * show the head and shoulders, not the whole picture; default true
     */
    crop?: boolean;
    /**
     * varies blinks, gaze and head movements; default 42
     */
    seed?: number;
    /**
     * 5-50; has no effect here
     */
    nfe?: number;
    /**
     * 1-5; has no effect here
     */
    cfg_scale?: number;
    /**
     * 0.1-10; has no effect here; default 1
     */
    chunk_duration?: number;
    /**
     * Hz of raw samples; default 24000
     */
    audio_sample_rate?: number;
    /**
     * pitch, yaw and roll of the head
     */
    pose_style?: [number, number, number];
    /**
     * x and y of the gaze
     */
    gaze_style?: [number, number];
};
/** What the server answers to initSession(). */
type SessionInfo = {
    session_id: string;
    /**
     * relative to the server; the client's `hlsUrl` is absolute
     */
    hls_url: string;
    status: string;
    message: string;
    chunk_duration: number;
    audio_sample_rate: number;
};
/** What the server answers to a chunk. */
type FeedAnswer = {
    frames_generated: number;
    buffer_samples: number;
    session_status: string;
    message: string;
};
type SessionStatus = {
    status: "waiting_for_audio" | "processing" | "complete" | "error";
    total_frames_generated: number;
    buffer_samples: number;
    error: string | null;
    /**
     * seconds since 1970
     */
    created_at: number;
    uptime_seconds: number;
};
/**
 * A client for chunked video: a picture speaks the audio that it is fed in chunks. It holds one session at a time. All
 * methods reject with an A2FError, whose message says what to do.
 */
declare class ChunkedStreamingClient {
    #private;
    /** The id of the session, or null. @type {string | null} */
    sessionId: string | null;
    /** The URL of the video stream, or null. Anyone who knows it can watch. @type {string | null} */
    hlsUrl: string | null;
    /**
     * @param {string} serverUrl such as http://127.0.0.1:8000; may have a path
     * @param {{token?: string, getToken?: () => string | Promise<string>}} [options] a key or token, if the server needs
     *   one. A page must not know the key: getToken asks your own server for a token.
     */
    constructor(serverUrl?: string, { token, getToken }?: {
        token?: string;
        getToken?: () => string | Promise<string>;
    });
    /** The server's URL. */
    get serverUrl(): string;
    /** The URL of the whole video as MP4, available once the last chunk was fed; null without a session. */
    get downloadUrl(): string | null;
    /**
     * Opens a session.
     * @param {Blob} image a picture of a face, or an avatar as GLB
     * @param {SessionOptions} [options]
     * @returns {Promise<SessionInfo>}
     */
    initSession(image: Blob, options?: SessionOptions): Promise<SessionInfo>;
    /**
     * Sends a chunk. Calls may overlap; chunks are sent in the order of the calls.
     * @param {Blob | ArrayBuffer | ArrayBufferView} audio a WAV, MP3 or other file; or raw mono samples at
     *   audio_sample_rate: s16le, or a Float32Array
     * @param {boolean} [isFinal] whether it is the last chunk
     * @returns {Promise<FeedAnswer>}
     */
    feedAudioChunk(audio: Blob | ArrayBuffer | ArrayBufferView, isFinal?: boolean): Promise<FeedAnswer>;
    /** @returns {Promise<SessionStatus>} */
    getStatus(): Promise<SessionStatus>;
    /** Deletes the session and its video. Does nothing without a session, or if it has expired. */
    close(): Promise<void>;
}

export { A2FError, ChunkedStreamingClient };
export type { FeedAnswer, SessionInfo, SessionOptions, SessionStatus };
