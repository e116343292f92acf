/* audio2face-client 0.1.0, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */
import { Audio2FaceClient, Rank, Events, LifeOptions, Settings, Platform, MorphMap } from 'audio2face-client';
import { ReactNode, ReactElement } from 'react';

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

/** Other props, such as `camera` and `frameloop`, go to React Three Fiber's `Canvas`. */
type AvatarCanvasProps = {
    /**
     * the scene: `TalkingAvatar`, lights …
     */
    children?: ReactNode;
    /**
     * shown if there is no WebGL, or if the scene fails
     */
    fallback?: ReactNode;
    /**
     * receives the reason. Default: a message on the console
     */
    onError?: (error: Error) => void;
    /**
     * what screen readers say; default: "Talking avatar"
     */
    label?: string;
};
/**
 * React Three Fiber's `Canvas`, for pages that must not break where there is no WebGL.
 * @param {AvatarCanvasProps & Record<string, any>} props
 * @returns {ReactElement | null}
 */
declare function AvatarCanvas({ children, fallback, onError, label, ...rest }: AvatarCanvasProps & Record<string, any>): ReactElement | null;

/** Options of `Audio2FaceClient`, including `serverUrl`. */
type FaceOptions = Partial<Settings & Platform>;
/** What `useFace` returns. The object changes with its contents only. */
type Face = {
    /**
     * null on the server and before the component is mounted
     */
    client: Audio2FaceClient | null;
    speaking: boolean;
    /**
     * source of the animation
     */
    rank: Rank;
    connection: Events["connection"]["state"];
    /**
     * the latest error; null again when something is spoken
     */
    error: Events["error"] | null;
    /**
     * the option that was given
     */
    life: boolean | LifeOptions;
};

/** Other props, such as `position` and `scale`, go to the object in the scene. */
type TalkingAvatarProps = {
    /**
     * a GLB, or with `load` anything that it loads
     */
    url: string;
    /**
     * what `useFace` returned
     */
    face: Face;
    /**
     * your own loader, for VRM, Draco, KTX2 or meshopt: resolves to a glTF, a VRM or
     * an object, which belongs to the component from then on
     */
    load?: (url: string) => Promise<any>;
    /**
     * your own names of morph targets
     */
    map?: MorphMap;
    /**
     * with `life`, the eyes look at the camera; default: true
     */
    eyeContact?: boolean;
    /**
     * the avatar is in the scene and bound
     */
    onLoad?: (loaded: any) => void;
    /**
     * the avatar cannot be loaded or cannot move its mouth, or a package is missing; an
     * `A2FError`. Default: a message on the console
     */
    onError?: (error: Error) => void;
};
/**
 * An avatar in a scene of React Three Fiber, moved by a face.
 * @param {TalkingAvatarProps & Record<string, any>} props
 * @returns {ReactElement | null}
 */
declare function TalkingAvatar(props: TalkingAvatarProps & Record<string, any>): ReactElement | null;

/**
 * Gives a component a face. Its client exists while the component is mounted; changed options are applied to it.
 * @param {FaceOptions} [options] options of `Audio2FaceClient`, including `serverUrl`; they may be written inline
 * @returns {Face}
 */
declare function useFace(options?: FaceOptions): Face;


type CallState<Session extends VoiceSession = VoiceSession> = {
    state: "closed" | "opening" | "open";
    /**
     * the open session
     */
    session: Session | null;
    /**
     * why it could not be opened, or broke; an `A2FError`
     */
    error: Error | null;
};

type SourceState<Session extends VoiceSession = VoiceSession> = CallState<Session> & {
    open: () => Promise<void>;
    close: () => void;
};
/**
 * Connects a face to something that talks, such as `openAIRealtime({ … })`. The session ends with the component.
 * @template {VoiceSession} Session
 * @param {{client: Audio2FaceClient | null}} face what `useFace` returned
 * @param {VoiceSource<Session> | null} source may be written inline: the latest one is used when `open` is called
 * @returns {SourceState<Session>}
 */
declare function useSource<Session extends VoiceSession>({ client }: {
    client: Audio2FaceClient | null;
}, source: VoiceSource<Session> | null): SourceState<Session>;
/**
 * Moves a face with a stream that the app receives, such as the track of an agent in a room.
 * @param {{client: Audio2FaceClient | null}} face what `useFace` returned
 * @param {MediaStream | null | undefined} stream
 * @param {{play?: boolean, onError?: (error: Error) => void}} [options] play: the client plays it, in sync with the face;
 *   default: something else does
 */
declare function useMediaStream({ client }: {
    client: Audio2FaceClient | null;
}, stream: MediaStream | null | undefined, { play, onError }?: {
    play?: boolean;
    onError?: (error: Error) => void;
}): void;

export { AvatarCanvas, TalkingAvatar, elevenLabs, followRealtime, followStream, liveKit, mediaStream, openAIRealtime, useFace, useMediaStream, useSource, vapi };
export type { AvatarCanvasProps, CallState, ElevenLabsOptions, ElevenLabsSession, Face, FaceOptions, LiveKitOptions, LiveKitSession, OpenAIRealtimeOptions, OpenAIRealtimeSession, SourceState, TalkingAvatarProps, VapiOptions, VapiSession, VoiceHost, VoiceSession, VoiceSource };
