/* audio2face-client 0.1.0, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */
import { Audio2FaceClient } from 'audio2face-client';

/** What a source is given when it is opened. */
type VoiceHost = {
    /**
     * the face that speaks
     */
    client: Audio2FaceClient;
    /**
     * aborted if the source is closed while it opens
     */
    signal: AbortSignal;
    /**
     * called when the other side ends the session, or when it breaks
     */
    onEnd: (error?: Error) => void;
};
/** An open source. */
type VoiceSession = {
    /**
     * ends it and frees everything it opened
     */
    close: () => void | Promise<void>;
};
type VoiceSource<Session extends VoiceSession = VoiceSession> = (host: VoiceHost) => Promise<Session>;

type ElevenLabsConversation = {
    startSession: (options: any) => Promise<any>;
};
/** Other fields go to the SDK's `startSession`, such as `onMessage`, `overrides` and `clientTools`. */
type ElevenLabsOptions = {
    /**
     *   the module `@elevenlabs/client`, or a function that imports it
     */
    sdk: {
        Conversation: ElevenLabsConversation;
    } | (() => Promise<{
        Conversation: ElevenLabsConversation;
    }>);
    /**
     * returns a signed URL (`wss://…`), a conversation
     * token, or an object for the SDK, such as `{ agentId }` of a public agent
     */
    getCredentials: () => string | object | Promise<string | object>;
};
/** `conversation` is the SDK's. */
type ElevenLabsSession = VoiceSession & {
    conversation: any;
};
/**
 * An agent of ElevenLabs. Its sound is played by the client, in sync with the face; the SDK's own playback is silent.
 * With a signed URL or a public agent it comes as PCM over a WebSocket, with a conversation token over WebRTC.
 * @param {ElevenLabsOptions & Record<string, any>} options
 * @returns {VoiceSource<ElevenLabsSession>}
 */
declare function elevenLabs(options: ElevenLabsOptions & Record<string, any>): VoiceSource<ElevenLabsSession>;

type LiveKitSdk = {
    Room: new (options?: any) => any;
};
type LiveKitOptions = {
    /**
     * the module `livekit-client`, or a function that imports it
     */
    sdk?: LiveKitSdk | (() => Promise<LiveKitSdk>);
    /**
     * returns the server's address and a
     * token of your server
     */
    getCredentials?: () => LiveKitCredentials | Promise<LiveKitCredentials>;
    /**
     * a room of the app instead of both, connected or not. The app plays its sound and leaves it
     */
    room?: any;
    /**
     * identity of the participant that the face follows; default: the first agent
     */
    participant?: string;
    /**
     * the client plays that participant, in sync with the face; default: true, but false with `room`
     */
    play?: boolean;
    /**
     * the agent animates its own voice with Python's `FaceRelay`, and sends its messages as data of the topic `face`
     */
    relay?: boolean;
};
type LiveKitCredentials = {
    url: string;
    token: string;
};
/** `room` is the SDK's. */
type LiveKitSession = VoiceSession & {
    room: any;
};
/**
 * An agent, or any other participant, of a LiveKit room.
 * @param {LiveKitOptions} options
 * @returns {VoiceSource<LiveKitSession>}
 */
declare function liveKit(options: LiveKitOptions): VoiceSource<LiveKitSession>;


/**
 * Follows a stream until it is closed, also after `client.cancel()`.
 * @param {Audio2FaceClient} client
 * @param {MediaStream} stream
 * @param {{play?: boolean, onEnd?: (error?: Error) => void}} [options] play: the client plays it, in sync with the
 *   face; mute what plays it otherwise. onEnd: it cannot be read, or has no live track any more
 * @returns {VoiceSession}
 */
declare function followStream(client: Audio2FaceClient, stream: MediaStream, { play, onEnd }?: {
    play?: boolean;
    onEnd?: (error?: Error) => void;
}): VoiceSession;
/**
 * A stream of the app, such as a WebRTC track that it receives.
 * @param {MediaStream} stream
 * @param {{play?: boolean}} [options] play: the client plays it, in sync with the face; default: something else does
 * @returns {VoiceSource}
 */
declare function mediaStream(stream: MediaStream, options?: {
    play?: boolean;
}): VoiceSource;

type OpenAIRealtimeOptions = {
    /**
     * returns an ephemeral key, which your server gets from
     * `POST /v1/realtime/client_secrets`; never a standard key
     */
    getCredentials: () => string | Promise<string>;
    /**
     * default: `https://api.openai.com/v1/realtime/calls`
     */
    url?: string;
    /**
     * default: the visitor's, closed with the session; a stream of yours is left
     * open; false: none
     */
    microphone?: MediaStream | false;
    /**
     * receives the events of the session, for transcripts and tools
     */
    onEvent?: (event: any) => void;
};
/** `send` sends a client event, such as `{ type: "response.create" }`. */
type OpenAIRealtimeSession = VoiceSession & {
    send: (event: object) => void;
};
/**
 * A voice of OpenAI's Realtime API over WebRTC. Its sound is played in sync with the face.
 * @param {OpenAIRealtimeOptions} options
 * @returns {VoiceSource<OpenAIRealtimeSession>}
 */
declare function openAIRealtime(options: OpenAIRealtimeOptions): VoiceSource<OpenAIRealtimeSession>;
/**
 * Plays the voice of a Realtime session over a WebSocket of the app, with the face in sync, and tells the service how much
 * was heard when the visitor interrupts.
 * @param {Audio2FaceClient} client
 * @param {WebSocket} socket
 * @returns {VoiceSession} its `close` stops the voice and leaves the socket open
 */
declare function followRealtime(client: Audio2FaceClient, socket: WebSocket): VoiceSession;

type VapiClass = new (token: string, baseUrl?: string) => any;
type VapiOptions = {
    /**
     * the module `@vapi-ai/web`, its class, or
     * a function that imports it
     */
    sdk: VapiClass | {
        default: any;
    } | (() => Promise<VapiClass | {
        default: any;
    }>);
    /**
     * returns a public key, or a token of your server
     */
    getCredentials: () => string | Promise<string>;
    /**
     * id or description of the assistant
     */
    assistant: string | object;
    /**
     * `assistantOverrides` of the SDK's `start`
     */
    overrides?: object;
    /**
     * receives the messages of the call, for transcripts and tools
     */
    onMessage?: (message: any) => void;
};
/** `vapi` is the SDK's object. */
type VapiSession = VoiceSession & {
    vapi: any;
};
/**
 * An assistant of Vapi. Its sound is played by the client, in sync with the face; the SDK's own player is silent.
 * @param {VapiOptions} options
 * @returns {VoiceSource<VapiSession>}
 */
declare function vapi(options: VapiOptions): VoiceSource<VapiSession>;

export { elevenLabs, followRealtime, followStream, liveKit, mediaStream, openAIRealtime, vapi };
export type { ElevenLabsOptions, ElevenLabsSession, LiveKitOptions, LiveKitSession, OpenAIRealtimeOptions, OpenAIRealtimeSession, VapiOptions, VapiSession, VoiceHost, VoiceSession, VoiceSource };
