import { AzureSpeaker, followAzure } from "./azure_speaker.js";
import { A2FError } from "./errors.js";
import { bakeTake } from "./recording/bake.js";
import { LiveSession } from "./utterance/live_session.js";
import { PcmStream } from "./utterance/pcm_stream.js";
export type Events = import("./types.js").Events;
export type Settings = import("./types.js").Settings;
export type Outcome = import("./types.js").Outcome;
export type AudioSink = import("./types.js").AudioSink;
export type MediaClock = import("./audio/external_sink.js").MediaClock;
export type AudioTarget = "play" | HTMLMediaElement | MediaClock | (() => number);
export type StreamOptions = {
    sampleRate: number;
    channels?: number;
    encoding?: "pcm_s16le" | "pcm_f32le";
    audio?: AudioTarget;
};
/**
 * @typedef {import("./types.js").Events} Events
 * @typedef {import("./types.js").Settings} Settings
 * @typedef {import("./types.js").Outcome} Outcome
 * @typedef {import("./types.js").AudioSink} AudioSink
 * @typedef {import("./audio/external_sink.js").MediaClock} MediaClock
 * @typedef {"play" | HTMLMediaElement | MediaClock | (() => number)} AudioTarget
 * @typedef {{sampleRate: number, channels?: number, encoding?: "pcm_s16le" | "pcm_f32le", audio?: AudioTarget}}
 *   StreamOptions
 */
/**
 * Puts the blendshapes of an a2f-server on morph targets, in step with the sound that is heard. One client
 * moves one avatar; several clients on a page know nothing of each other.
 */
export declare class Audio2FaceClient {
    #private;
    /** The 52 ARKit names in the order of `frame.weights`. */
    static BLENDSHAPES: readonly string[];
    static A2FError: typeof A2FError;
    static AzureSpeaker: typeof AzureSpeaker;
    static followAzure: typeof followAzure;
    static bakeTake: typeof bakeTake;
    /**
     * @param {string | null} [serverUrl] http(s):// or ws(s)://, perhaps with a path; default: the page's origin
     * @param {Partial<Settings & import("./types.js").Platform>} [options]
     */
    constructor(serverUrl?: string | null, options?: Partial<Settings & import("./types.js").Platform>);
    /** @param {Partial<Settings>} changes takes effect at the next utterance; another server at once */
    configure(changes: Partial<Settings>): this;
    /**
     * @template {keyof Events} Name
     * @param {Name} event
     * @param {(payload: Events[Name]) => void} callback
     * @returns {() => void} unsubscribes
     */
    on<Name extends keyof Events>(event: Name, callback: (payload: Events[Name]) => void): () => void;
    /**
     * @template {keyof Events} Name
     * @param {Name} event
     * @param {(payload: Events[Name]) => void} callback
     */
    off<Name extends keyof Events>(event: Name, callback: (payload: Events[Name]) => void): void;
    /**
     * Asks the server how it is; never throws.
     * @returns {Promise<{connected: boolean, error?: string, [field: string]: any}>}
     */
    checkConnection(): Promise<{
        connected: boolean;
        error?: string;
        [field: string]: any;
    }>;
    /**
     * Binds every mesh with morph targets, instead of those bound before.
     * @param {unknown} target a scene, a mesh, or an array of either
     * @param {{map?: import("./types.js").MorphMap}} [options] map: ARKit name → the mesh's own target(s)
     * @returns {boolean} whether anything will move
     */
    initializeWithScene(target: unknown, { map }?: {
        map?: import("./types.js").MorphMap;
    }): boolean;
    /** What is bound, and what the meshes lack. @returns {import("./types.js").BindingReport | null} */
    get binding(): import("./types.js").BindingReport | null;
    /**
     * Plays an audio file in an element, the face in step. Sound never waits long for the server.
     * @param {Blob | ArrayBuffer | Uint8Array} audio the file's bytes
     * @param {HTMLMediaElement} element with the same file as its source
     * @returns {Promise<Outcome>} after it was heard, or cancelled
     */
    processAndAnimate(audio: Blob | ArrayBuffer | Uint8Array, element: HTMLMediaElement): Promise<Outcome>;
    /**
     * Opens an utterance whose PCM is written as it comes. It is heard after those that came before.
     * @param {StreamOptions} options sampleRate in Hertz, 8000–48000; audio: how it is heard: "play" (the client
     *   plays it, the default), an element, or whatever says how many seconds were heard
     */
    start(options: StreamOptions): PcmStream;
    /**
     * Lets the server speak, and plays it with the face in step. Several sentences are spoken one after another.
     * @param {string | {ssml: string}} words a text, or SSML
     * @param {{voice?: string}} [options] voice: one that `GET /v1/voices` lists
     * @returns {Promise<Outcome>} after it was heard, or cancelled; rejects when nothing could be heard
     */
    speak(words: string | {
        ssml: string;
    }, { voice }?: {
        voice?: string;
    }): Promise<Outcome>;
    /**
     * Lets the face follow a microphone or a remote track.
     * @param {MediaStream} stream
     */
    listen(stream: MediaStream): LiveSession;
    /** What was spoken last, or is being spoken, with `keepTake`. @returns {import("./recording/take.js").Take | null} */
    get take(): import("./recording/take.js").Take | null;
    /**
     * Shows a take once more, without the server: the face follows an element that plays its sound, also where that
     * is paused or sought. While it is paused it gives way to whatever is to be spoken next.
     * @param {import("./recording/take.js").Take} take which is complete
     * @param {HTMLMediaElement} element with the take's sound, such as `take.wav()`; the app starts it
     * @returns {Promise<Outcome>} after the element has come to its end, or cancelled
     */
    replay(take: import("./recording/take.js").Take, element: HTMLMediaElement): Promise<Outcome>;
    /** Stops sound and face, and drops what waits; the next utterance may start at once. */
    cancel(): void;
    /** Cancels everything and shows the neutral face now. */
    reset(): void;
    /** @param {number} intensity 0.1–2 */
    setIntensity(intensity: number): void;
    /** What is shown now: 52 values of 0–1 in the order of BLENDSHAPES. One array, reused: copy what you keep. */
    get weights(): Float32Array<ArrayBuffer>;
    /**
     * Puts emotions on whatever is shown, at once (blended over 250 ms), also while nobody speaks. The table of what
     * they look like is the server's, fetched once; closed lips stay closed. Not for what {@link setEmotions} already
     * asks the server for: both together show it twice.
     * @param {Record<string, number> | null} expression name → 0–1; null or {}: none
     * @returns {Promise<boolean>} whether something of it is shown; false also where the table cannot be had, which
     *   is an `error` of code no_expressions
     */
    setExpression(expression: Record<string, number> | null): Promise<boolean>;
    /**
     * Asks the server to animate with these emotions, so that its model and its motion feel them: blended in, also
     * while speaking, from the frames on that were not yet made. For a change that is seen at once: {@link setExpression}.
     * @param {Record<string, number> | null} emotions name → 0–1
     */
    setEmotions(emotions: Record<string, number> | null): void;
    /** Lets sound out; call it in a click or a key press. Also done by itself in the first of them. */
    unlock(): Promise<void>;
    /** One render tick, for apps with their own loop (`autoUpdate: false`). Call it before rendering. */
    update(): void;
    /** Where everything stands, as plain JSON. */
    getDebugState(): {
        connection: import("./types.js").ConnectionState;
        server: any;
        rank: import("./types.js").Rank;
        speaking: boolean;
        alive: boolean;
        utterance: number | null;
        time: number;
        fps: number;
        framesReceived: number;
        lateFrames: number;
        underruns: number;
        timeToFirstFrameMs: number | null;
        binding: {
            missing: string[];
            meshes: number;
            schemes: string[];
            advice: string;
            found: number;
        } | null;
    };
    /** Frees everything; morphs go back to 0. The client cannot be used again. */
    dispose(): void;
}
