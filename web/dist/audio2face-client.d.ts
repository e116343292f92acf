/* audio2face-client 0.1.0, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */
declare const NAMES: readonly ["eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut"];
/** One of the 52 ARKit blendshape names. */
type BlendshapeName = typeof NAMES[number];
/** Allows searching a list of literal names for any string. */
type StringLookup = {
    includes(name: string): boolean;
    indexOf(name: string): number;
};
/**
 * The 52 ARKit blendshapes in Apple's order. The client indexes weights by it. Data from elsewhere (server, meshes,
 * maps) is matched by name, because systems disagree on the order.
 * @type {readonly BlendshapeName[] & StringLookup}
 */
declare const BLENDSHAPES: readonly BlendshapeName[] & StringLookup;

/** Why nothing moves the mouth. */
type BindingProblem = "no_mesh" | "no_targets" | "no_names" | "empty_targets" | "unknown_names";

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

type FallbackReason = typeof FALLBACK[keyof typeof FALLBACK];
declare const FALLBACK: Readonly<{
    /** The server has accepted the utterance but has not sent frames yet. */
    waiting: "waiting for frames";
    /** Frames arrive too late for the playback position. */
    late: "frames late";
    /** Frames for the playback position are available. */
    framesAvailable: "frames are there";
    /** There was no connection when the utterance started. */
    noConnection: "no connection";
    connectionLost: "connection lost";
    /** The client was told to use no server (`serverUrl: false`). */
    noServer: "no server";
    /** The server refused the utterance for lack of capacity; the client retries. */
    serverBusy: "server busy";
    /** The audio stopped coming in the middle of the utterance, so the mouth relaxes. */
    stalled: "audio stalled";
    cancelled: "cancelled";
    finished: "utterance over";
}>;

/** Opens the mouth with the loudness of the audio. Used if neither frames nor visemes are available. */
declare class Loudness {
    #private;
    rank: "loudness";
    /** @param {number} sampleRate Hertz */
    constructor(sampleRate: number);
    /** Sample rate of the audio, Hertz. */
    get sampleRate(): number;
    /** Seconds of silence at the end of the audio so far. */
    get trailingSilence(): number;
    /** @param {readonly Float32Array[]} planes one array per channel, values from −1 to 1 */
    push(planes: readonly Float32Array[]): void;
    finish(): void;
    /** @param {number} time seconds */
    trim(time: number): void;
    /** @param {number} time seconds */
    ahead(time: number): number;
    /**
     * Returns the loudness averaged over about 150 ms, for motion that follows the voice.
     * @param {number} time seconds
     * @returns {number} 0–1; negative if unknown
     */
    level(time: number): number;
    /**
     * @param {number} time seconds
     * @param {Float32Array} out at least 52 weights; further ones are left unchanged
     */
    sample(time: number, out: Float32Array): void;
}

/** Audio of a take, mono and 16 bits, with its peaks. */
declare class TakeAudio {
    #private;
    /** Hertz; 0 while unknown. */
    sampleRate: number;
    /** Number of samples. */
    length: number;
    /** Seconds. */
    get duration(): number;
    /** @param {readonly Float32Array[]} planes one array per channel, values from −1 to 1 */
    push(planes: readonly Float32Array[]): void;
    /** Drops audio after a time. @param {number} duration seconds */
    cut(duration: number): void;
    /** @returns {Int16Array} all samples */
    samples(): Int16Array;
    /**
     * Returns the largest value between two times.
     * @param {number} from seconds
     * @param {number} to seconds
     * @returns {number} 0–1
     */
    peak(from: number, to: number): number;
    /** Measures loudness, for motion that follows the voice. */
    loudness(): Loudness;
    /** Returns a WAV file. @returns {Uint8Array<ArrayBuffer>} */
    wav(): Uint8Array<ArrayBuffer>;
}

/**
 * A recording of one utterance: its audio and its animation, whatever the source. It is independent of the
 * display's frame rate. A client with `keepTake` creates it; it grows during playback.
 */
declare class Take {
    #private;
    id: number;
    sound: TakeAudio;
    /** Visemes of the speech service. @type {{time: number, id: number, phonemes?: string}[]} time in seconds, id: Azure viseme, phonemes: IPA */
    visemes: {
        time: number;
        id: number;
        phonemes?: string;
    }[];
    /** @type {{time: number, duration: number, text: string}[]} times in seconds */
    words: {
        time: number;
        duration: number;
        text: string;
    }[];
    /** Start of each source, in seconds. @type {{time: number, rank: Rank}[]} */
    ranks: {
        time: number;
        rank: Rank;
    }[];
    /** True when the recording has ended. */
    complete: boolean;
    /** True if the utterance was interrupted. */
    cancelled: boolean;
    /** Final duration in seconds once it is known, otherwise 0. */
    expected: number;
    /**
     * @param {number} id id of the utterance
     * @param {(face: Float32Array) => void} present applies intensity and expression to a face in place
     */
    constructor(id: number, present: (face: Float32Array) => void);
    /** Seconds of audio so far, or in total once complete. */
    get duration(): number;
    /** Seconds of animation recorded so far. */
    get known(): number;
    /**
     * Appends a face; called every 1 / TAKE_RATE seconds.
     * @param {Float32Array} face full face, as provided by a SourceSelector
     * @param {Rank} rank
     */
    add(face: Float32Array, rank: Rank): void;
    /** @param {number} duration seconds */
    finish(duration: number): void;
    /**
     * Returns the source at a time.
     * @param {number} time seconds
     * @returns {Rank}
     */
    rankAt(time: number): Rank;
    /**
     * Reads the face at a time, with the current intensity and expression.
     * @param {number} time seconds
     * @param {Float32Array} out 52 ARKit weights, or a full face
     */
    faceAt(time: number, out: Float32Array): void;
    /**
     * Returns the number of frames of the animation at a frame rate.
     * @param {number} [fps] 1–120
     */
    count(fps?: number): number;
    /**
     * Returns the animation at a frame rate. Frame i is the face at i / fps seconds, with the current intensity
     * and expression.
     * @param {number} [fps] 1–120
     * @returns {TakeFrames}
     */
    frames(fps?: number): TakeFrames;
    /** Returns a CSV file in Live Link Face format. @param {number} [fps] @returns {string} */
    csv(fps?: number): string;
    /** Returns JSON as `POST /v1/animate` does. @param {number} [fps] @returns {string} */
    json(fps?: number): string;
    /** Returns the audio as a WAV file: mono, 16 bits. @returns {Blob} */
    wav(): Blob;
    /** Returns the take as a source for a SourceSelector. @returns {Source} */
    source(): Source;
}


/** Source of the animation, best first: server frames, the network in the page, visemes, loudness, none. */
type Rank = "server" | "network" | "viseme" | "loudness" | "neutral";
type EmotionName = "amazement" | "anger" | "cheekiness" | "disgust" | "fear" | "grief" | "joy" | "outofbreath" | "pain" | "sadness";
/** Strength of each emotion, 0–1; missing ones are 0. */
type Emotions = Partial<Record<EmotionName, number>>;
/** Provides the face at any instant of an utterance. */
type Source = {
    rank: Rank;
    /**
     * seconds of data after an instant; see {@link FrameTrack#ahead}
     */
    ahead: (time: number) => number;
    sample: (time: number, out: Float32Array, smoothing: number) => void;
    /**
     * writes a full face; otherwise the visemes are derived from the 52
     * shapes
     */
    writesVisemes?: boolean;
};
/** How much audio there is ahead of the playback position: enough, too little for the server's look-ahead, or none, so that there is silence in the middle of an utterance. */
type Supply = "ample" | "low" | "stalled";
/** Plays the audio of an utterance, or follows its playback elsewhere, and is its clock. */
type AudioSink = {
    /**
     * starts playback
     */
    start: () => void;
    /**
     * receives PCM, one array per channel
     */
    write?: (planes: Float32Array[]) => void;
    /**
     * no more PCM will come; total duration in seconds
     */
    finish?: (duration: number) => void;
    /**
     * sets the sample rate of the PCM, if only the
     * server knows it
     */
    setSampleRate?: (sampleRate: number) => void;
    /**
     * stops playback immediately
     */
    stop: () => void;
    /**
     * playback position in seconds of the utterance
     */
    time: (now: number) => number;
    /**
     * playback position as reported by the audio device; NaN
     * while nothing is played
     */
    deviceTime?: (now: number) => number;
    /**
     * speed of the playback position; 0 while it does not move
     */
    rate: number;
    /**
     * true when everything has been played
     */
    isOver: (now: number) => boolean;
    /**
     * number of buffer underruns
     */
    underruns?: number;
    /**
     * why playback ended early
     */
    failure?: A2FError | null;
    /**
     * receives the server's look-ahead in seconds
     */
    expectLookahead?: (lookahead: number) => void;
    /**
     * receives the time of the newest frame
     * whenever frames arrive
     */
    observeFrames?: (newest: number, now: number) => void;
    /**
     * there is enough audio to start playback
     */
    isBuffered?: boolean;
    /**
     * whether the audio keeps coming, at the position that `time` returned last
     */
    supply?: () => Supply;
    /**
     * playback cannot be rewound
     */
    forwardOnly?: boolean;
    /**
     * playback does not wait for the first frames
     */
    startsImmediately?: boolean;
    /**
     * paused by the app; ends if another utterance is waiting
     */
    isPaused?: boolean;
};
/** Settings for `configure`, where every field is optional. */
type Settings = {
    /**
     * http(s):// or ws(s)://, with or without a path; default: the page's
     * origin; false: no server is asked for anything
     */
    serverUrl: string | null | false;
    /**
     * the built-in model in the page, which animates if there is no server or
     * its frames are late. true: as the server provides it; otherwise the address of `network.bin`; default: false. It is
     * loaded (3.6 MB) with the first audio
     */
    network: boolean | string | NetworkOptions;
    /**
     * 0.1–2, multiplies all shapes except blinks and gaze
     */
    intensity: number;
    /**
     * ARKit name → 0–2, scales individual speech shapes, for
     * avatars that show one too strongly or too weakly
     */
    gain: Partial<Record<BlendshapeName, number>> | null;
    /**
     * seconds, −1 to 1, by which audio is heard later than the browser reports, as with some
     * Bluetooth headphones; the face is delayed equally
     */
    offset: number;
    /**
     * 0–1; symmetric in time, so it adds no lag; 1 averages about 130 ms to each
     * side
     */
    smoothing: number;
    /**
     * false: send whole files over HTTP (`POST /v1/animate`)
     */
    useWebSocket: boolean;
    /**
     * a short-lived token (`POST /v1/token`), never the server's key
     */
    apiToken: string | null;
    /**
     * provides a token before each connection
     */
    getToken: (() => string | Promise<string>) | null;
    /**
     * 10–60; null: the server's default
     */
    fps: number | null;
    /**
     * a motion profile listed in `ready.profiles`
     */
    profile: string | null;
    /**
     * uint32; the same seed and audio give the same animation
     */
    seed: number | null;
    /**
     * a backend listed in `ready.backends`
     */
    backend: string | null;
    /**
     * source of mouth movement. "server": the best source available,
     * server frames first; "viseme": visemes of the speech service, then loudness; server frames move only eyes
     * and brows
     */
    lipSync: "server" | "viseme";
    /**
     * name → 0–1; emotions that the server animates the next utterance with
     */
    emotions: Emotions | null;
    /**
     * idle animation: blinking, breathing, eye movements and nods, also
     * between utterances; default: false. Disabled if the visitor prefers reduced motion
     */
    life: boolean | LifeOptions;
    /**
     * milliseconds that playback waits for the first frames
     */
    patience: number;
    /**
     * seconds of audio, 0–10, that must have arrived before the client plays a
     * stream or the server's speech. "adaptive" starts with 0, grows after late audio and shrinks slowly
     */
    buffer: number | "adaptive";
    /**
     * false: the app calls `update()` in its render loop
     */
    autoUpdate: boolean;
    /**
     * an AudioContext of the app; by default the client creates one
     */
    audioContext: AudioContext | null;
    /**
     * records utterances as `take`, for replay and export; uses about 60 kB per
     * second of audio
     */
    keepTake: boolean;
};
type NetworkOptions = {
    /**
     * address of `network.bin`; default: that of the server
     */
    url?: string;
    /**
     * address of `network-worker.js`, on the page's own origin, for pages whose policy forbids workers
     * from a Blob
     */
    worker?: string;
};
type LifeOptions = {
    /**
     * target of eye contact; default:
     * straight ahead
     */
    camera?: {
        matrixWorld: {
            elements: ArrayLike<number>;
        };
    } | null;
    /**
     * false: head, neck and chest are left to the app
     */
    head?: boolean;
};
/** Browser APIs. Each can be replaced, for tests and unusual environments. */
type Platform = {
    WebSocket: typeof WebSocket | undefined;
    AudioContext: typeof AudioContext | undefined;
    OfflineAudioContext: typeof OfflineAudioContext | undefined;
    AudioWorkletNode: typeof AudioWorkletNode | undefined;
    MediaStream: typeof MediaStream | undefined;
    fetch: typeof fetch | undefined;
    Worker: typeof Worker | undefined;
    /**
     * milliseconds, monotonic
     */
    now: () => number;
    requestAnimationFrame: (callback: (now: number) => void) => any;
    cancelAnimationFrame: (handle: any) => void;
    setTimeout: (callback: () => void, ms: number) => any;
    clearTimeout: (handle: any) => void;
    /**
     * 0–1
     */
    random: () => number;
    document: Document | undefined;
    matchMedia: typeof matchMedia | undefined;
    /**
     * for events of the page and of the network
     */
    window: EventTarget | undefined;
};
/** ARKit name → morph target(s) of the mesh, or expressions of a VRM; null: do not move this shape. */
type MorphMap = Partial<Record<BlendshapeName, string | string[] | null>>;
type BindingReport = {
    /**
     * ARKit shapes that the avatar can show
     */
    found: BlendshapeName[] & StringLookup;
    /**
     * ARKit shapes that the avatar cannot show
     */
    missing: BlendshapeName[] & StringLookup;
    meshes: number;
    /**
     * naming schemes of the morph targets: "arkit", "pascal", "side-suffix",
     * "prefixed", "suffixed", "other", "mapped", "visemes", "simple"; or other mechanisms: "vrm" (presets), "look-at" (of a
     * VRM), "jaw-bone", "eye-bones"
     */
    schemes: string[];
    /**
     * the reason why nothing moves the mouth: there is no mesh, the meshes have no morph
     * targets, these have no names, are all empty, or have unknown names; null if something moves it, and for a VRM
     */
    problem: BindingProblem | null;
    /**
     * what cannot move and how to fix it; empty if nothing is missing
     */
    advice: string;
};
/** Result of an utterance. */
type Outcome = {
    utterance: number;
    /**
     * received from the server
     */
    frames: number;
    /**
     * seconds of audio
     */
    duration: number;
    /**
     * the source that was used most
     */
    rank: Rank;
    cancelled: boolean;
    /**
     * seconds of the audio that reached the loudspeaker; for an element or a clock of the
     * app, its position
     */
    heard: number;
    /**
     * the last word that began by then; null if none did or words are unknown
     */
    word: Word | null;
    /**
     * which of them decoded the audio file that the frames were made from; null
     * if there was no file or there were no frames
     */
    decodedBy: "server" | "browser" | null;
    /**
     * the server's warning about the audio, for example that its channels cancel each other
     */
    warning: string | null;
};
type Word = {
    /**
     * seconds of the utterance
     */
    time: number;
    /**
     * seconds
     */
    duration: number;
    text: string;
};
/** The animation of a take at a fixed frame rate. */
type TakeFrames = {
    fps: number;
    count: number;
    /**
     * count × 52, in the order of BLENDSHAPES
     */
    weights: Float32Array;
    /**
     * source of each frame
     */
    ranks: Rank[];
};
/** The object and its array are reused on every tick; copy what you keep. */
type FrameEvent = {
    utterance: number;
    /**
     * position in the utterance that this face was computed for, seconds
     */
    time: number;
    /**
     * playback position as reported by the audio device, seconds; NaN while nothing is
     * played or if it is unknown
     */
    heard: number;
    /**
     * 52 values, 0–1, in the order of BLENDSHAPES
     */
    weights: Float32Array;
    rank: Rank;
};
type Events = {
    /**
     * the server starts or stops working on an
     * utterance
     */
    processing: {
        processing: boolean;
        utterance: number;
    };
    /**
     * on every animation tick of an utterance
     */
    frame: FrameEvent;
    /**
     *   reason: for the codes `busy` and `unauthorized`, if the server sends one
     */
    error: {
        code: ErrorCode;
        message: string;
        fatal: boolean;
        reason?: ErrorReason;
        scope?: ErrorScope;
        utterance?: number;
    };
    /**
     * playback starts or ends
     */
    speaking: {
        speaking: boolean;
        utterance: number;
    };
    rank: {
        from: Rank;
        to: Rank;
        reason: FallbackReason | ErrorCode;
    };
    connection: {
        state: ConnectionState;
    };
    /**
     * the server accepted the utterance
     */
    started: {
        utterance: number;
        fps: number;
        lookahead: number;
    };
    end: Outcome;
    /**
     * `cancel()` was called; queued utterances are dropped too
     */
    cancel: {};
    /**
     * as soon as it is known: Azure viseme
     * from `time` (seconds) on, and the phonemes that it stands for in IPA, if the voice tells them
     */
    viseme: {
        utterance: number;
        time: number;
        id: number;
        phonemes?: string;
    };
    /**
     * as soon as it is known
     */
    word: {
        utterance: number;
        time: number;
        duration: number;
        text: string;
    };
    /**
     * playback reaches a `<bookmark>` of the SSML
     */
    bookmark: {
        utterance: number;
        time: number;
        name: string;
    };
    bound: BindingReport;
    /**
     * the system stopped the AudioContext (a call, another app), or
     * it runs again
     */
    audio: {
        state: "interrupted" | "running";
    };
    /**
     * with `keepTake`: when recording starts, and again when the take is complete
     */
    take: {
        take: Take;
    };
};
type ConnectionState = "idle" | "connecting" | "ready" | "waiting" | "failed" | "closed";

type PcmEncoding = "pcm_s16le" | "pcm_f32le";
/** Format of PCM as in `start`. */
declare class PcmFormat {
    sampleRate: number;
    channels: number;
    encoding: PcmEncoding;
    sampleBytes: number;
    /** Bytes per sample block, all channels. */
    blockBytes: number;
    /**
     * @param {{sampleRate: number, channels?: number, encoding?: string}} options sampleRate in Hertz, 8000–48000
     */
    constructor({ sampleRate, channels, encoding }: {
        sampleRate: number;
        channels?: number;
        encoding?: string;
    });
    get secondBytes(): number;
}

type VisemeScheme = "azure" | "oculus" | "polly" | "rhubarb" | "arpabet" | "ipa";

/**
 * Frames on a time axis: frame i is the face at i / fps seconds. Frames are appended at the end and trimmed
 * at the start (a microphone never ends). Reading any instant allocates nothing.
 */
declare class FrameTrack {
    #private;
    fps: number;
    /**
     * @param {number} fps frames per second
     * @param {number} [width] weights per frame
     */
    constructor(fps: number, width?: number);
    /** Index after the last frame. */
    get end(): number;
    /** Marks the track as complete. */
    finish(): void;
    /** Allows more frames after all, because the server starts over. */
    reopen(): void;
    /**
     * Returns the seconds of frames after an instant: negative if frames are late, Infinity if the track is
     * complete, −Infinity if it is empty or has ended.
     * @param {number} time seconds
     */
    ahead(time: number): number;
    /**
     * Writes frames. A gap before them is interpolated linearly.
     * @param {number} first index of the first frame
     * @param {ArrayLike<number>} values frames × columns
     * @param {ArrayLike<number> | null} [columns] index here for each column of `values`, −1 to skip it
     * @param {number} [scale] factor for each value
     */
    put(first: number, values: ArrayLike<number>, columns?: ArrayLike<number> | null, scale?: number): void;
    /**
     * Marks the frame at which a new server utterance continues an earlier one. Its first frames are blended
     * with the frames before.
     * @param {number} frame
     */
    splice(frame: number): void;
    /**
     * Reads the face at an instant with a triangular kernel. Without smoothing its width is that of linear
     * interpolation; with smoothing it is wider but stays symmetric, so it adds no lag at any display rate.
     * @param {number} time seconds
     * @param {Float32Array} out one frame
     * @param {number} [smoothing] 0–1
     */
    sample(time: number, out: Float32Array, smoothing?: number): void;
    /**
     * Drops frames before an instant.
     * @param {number} time seconds
     */
    trim(time: number): void;
}

/**
 * Animates the mouth from viseme marks of a speech service; used if there are no server frames. Each sound
 * influences groups of the face, fully within its span and less around it (coarticulation), and the face is
 * their weighted average. Three cases override the blend: closed lips (p, b, m), lip on teeth (f, v), and
 * silence. Where marks are sparse, loudness moves the mouth.
 */
declare class VisemeSource {
    #private;
    rank: "viseme";
    /** It writes a full face. */
    writesVisemes: boolean;
    /** Loudness of the voice at a time, 0–1; negative if unknown. @type {((time: number) => number) | null} */
    level: ((time: number) => number) | null;
    /** False once the marks have turned out to be useless: there is nothing to read then. */
    valid: boolean;
    /** Number of marks kept. */
    get count(): number;
    /**
     * @param {number} time seconds of the utterance
     * @param {number} id Azure viseme, 0–21; others are ignored
     */
    add(time: number, id: number): void;
    /** Ignores all marks from now on, for example because their times are in another unit. */
    invalidate(): void;
    /**
     * Returns true if most marks are within an utterance.
     * @param {number} duration seconds of the utterance
     */
    fits(duration: number): boolean;
    /**
     * Marks the utterance as complete.
     * @param {number} duration seconds of the utterance
     */
    finish(duration: number): void;
    /**
     * Drops marks that no longer influence a time.
     * @param {number} time seconds
     */
    trim(time: number): void;
    /**
     * Returns the seconds of marks after a time; see {@link FrameTrack#ahead}.
     * @param {number} time seconds
     */
    ahead(time: number): number;
    /**
     * Reads the face at a time. The curves are already smooth, so the smoothing setting is not needed.
     * @param {number} time seconds
     * @param {Float32Array} out full face
     */
    sample(time: number, out: Float32Array): void;
}

type VoiceListener = {
    /**
     * index of the first frame; frames × shapes
     */
    onFrames: (first: number, weights: Float32Array) => void;
    onEnd: () => void;
};
type NetworkInfo = {
    /**
     * where it runs
     */
    place: "worker" | "page";
    kernel: "wasm" | "plain";
    /**
     * milliseconds that 20 ms of audio took at the start
     */
    stepMs: number;
    /**
     * frames per second
     */
    stepRate: number;
    /**
     * frames of look-ahead
     */
    lead: number;
    /**
     * table of the expressions, as a server sends it
     */
    expressions: object;
    /**
     * index in BLENDSHAPES for each column of its frames
     */
    columns: Int16Array;
};
/** A network that runs once for all its users. Nothing is loaded until {@link load} is called. */
declare class SharedNetwork {
    #private;
    users: number;
    /** Set once it can be used. @type {NetworkInfo | null} */
    info: NetworkInfo | null;
    /**
     * @param {Platform} platform
     * @param {string} url
     * @param {string | null} script
     * @param {() => void} onUnused
     */
    constructor(platform: Platform, url: string, script: string | null, onUnused: () => void);
    /**
     * Loads and tests the network, once. After a failed download the next call tries again.
     * @returns {Promise<NetworkInfo>} rejects with `network_unavailable` and what to do
     */
    load(): Promise<NetworkInfo>;
    /**
     * Opens a voice; {@link info} must be set.
     * @param {number} rate Hertz
     * @param {{step: number, sample: number}} start the first step to compute, and the position of the first sample
     * @param {VoiceListener} listener
     */
    open(rate: number, { step, sample }: {
        step: number;
        sample: number;
    }, listener: VoiceListener): {
        /** @param {Float32Array<ArrayBuffer>} samples mono; the array is given away */
        write: (samples: Float32Array<ArrayBuffer>) => void | undefined;
        end: () => void | undefined;
        close: () => void;
    };
    /** Stops the worker with its last user. */
    release(): void;
}

type NetworkHooks = {
    /**
     * playback position, seconds
     */
    position: () => number;
    /**
     * ms
     */
    now: () => number;
    /**
     * seconds
     */
    onStarted: (lookahead: number) => void;
    /**
     * time of the newest frame before these, seconds; −Infinity if there was none
     */
    onFrames: (newest: number) => void;
    onUnavailable: (error: A2FError) => void;
};
/**
 * Animation by the network in the page. While better sources have frames it only keeps the audio: it starts when it is
 * asked for frames, with the last two seconds, and rests when it is no longer asked.
 * @implements {Source}
 */
declare class NetworkSource implements Source {
    #private;
    rank: "network";
    /**
     * @param {SharedNetwork} network
     * @param {NetworkHooks} hooks
     * @param {boolean} alone there is no better source: it starts with the first audio
     */
    constructor(network: SharedNetwork, hooks: NetworkHooks, alone: boolean);
    /** @param {number} sampleRate Hertz */
    setSampleRate(sampleRate: number): void;
    /** Adds audio. @param {readonly Float32Array[]} planes one array per channel */
    push(planes: readonly Float32Array[]): void;
    /** No more audio follows. */
    finish(): void;
    close(): void;
    /** @param {number} time seconds */
    trim(time: number): void;
    /**
     * Returns the seconds of frames after an instant. Only asked if no better source has any, so the network starts.
     * @param {number} time seconds
     */
    ahead(time: number): number;
    /** Starts the network: better sources will have nothing from this instant on. @param {number} time seconds */
    wake(time: number): void;
    /**
     * @param {number} time seconds
     * @param {Float32Array} out
     * @param {number} smoothing
     */
    sample(time: number, out: Float32Array, smoothing: number): void;
    /** Seconds of frames from the beginning of the utterance. */
    get inHand(): number;
}

/** What can animate an utterance: the server's frames, the network in the page, visemes and loudness. */
declare class AnimationSources {
    #private;
    visemes: VisemeSource;
    /** @type {Source[]} */
    bestFirst: Source[];
    /** @type {Loudness | null} */
    loudness: Loudness | null;
    /** The network in the page. @type {NetworkSource | null} */
    network: NetworkSource | null;
    /** The server's frames; null until it has accepted the utterance. @type {FrameTrack | null} */
    frames: FrameTrack | null;
    /** @param {Loudness} loudness */
    addLoudness(loudness: Loudness): void;
    /** @param {NetworkSource} network */
    addNetwork(network: NetworkSource): void;
    /** @param {number} fps frames per second */
    addServer(fps: number): void;
    /** Adds audio. @param {Float32Array[]} planes one array per channel */
    addAudio(planes: Float32Array[]): void;
    /** No more audio follows. */
    finishAudio(): void;
    /** Drops what is only needed before an instant. @param {number} before seconds */
    trim(before: number): void;
}

/** The audio file of an utterance: who decodes it for the server's frames, and why it cannot be played. */
declare class AudioFile {
    #private;
    /** @type {"server" | "browser"} */
    decoder: "server" | "browser";
    /** Who decoded it for the first frames. @type {"server" | "browser" | null} */
    decodedBy: "server" | "browser" | null;
    /** Neither the server nor the browser can decode it. @type {A2FError | null} */
    undecodable: A2FError | null;
    /** @param {string} format its name, for error messages */
    constructor(format: string);
    onFrames(): void;
    /** @param {A2FError} error there will be no more frames */
    onFailure(error: A2FError): void;
    /** Adds the format to an error of the element that plays the file. @param {A2FError} error */
    withFormat(error: A2FError): A2FError;
}

type UtteranceHooks = {
    emit: (event: keyof Events, payload: any) => void;
    /**
     * it may start, or it is over
     */
    onChange: (speech: Utterance) => void;
    /**
     * ms
     */
    now: () => number;
};
/** Records the utterance as a take. */
type UtteranceRecorder = {
    /**
     * recording so far
     */
    take: unknown;
    addAudio: (planes: Float32Array[]) => void;
    onViseme: (viseme: {
        time: number;
        id: number;
        phonemes?: string;
    }) => void;
    onWord: (word: {
        time: number;
        duration: number;
        text: string;
    }) => void;
    /**
     * seconds
     */
    recordUntil: (time: number) => void;
    /**
     * complete: the utterance was played to its end
     */
    finish: (complete: boolean) => void;
};
/** Sends the utterance to the server. */
type UtteranceUplink = {
    open: () => void;
    close: (newest: boolean) => void;
    setEmotions: (emotions: Record<string, number>) => void;
};
/**
 * State of one utterance: its audio, its sources of animation and their progress. Receives the results of an
 * uplink and provides sources to the SourceSelector.
 */
declare class Utterance {
    #private;
    id: number;
    sink: AudioSink;
    /** @type {Promise<Outcome>} */
    done: Promise<Outcome>;
    sources: AnimationSources;
    /** The audio file that is played, if it is one. @type {AudioFile | null} */
    file: AudioFile | null;
    /** @type {UtteranceUplink | null} */
    uplink: UtteranceUplink | null;
    /** Set if the utterance is recorded. @type {UtteranceRecorder | null} */
    recorder: UtteranceRecorder | null;
    /** No more PCM will be written. */
    inputEnded: boolean;
    playing: boolean;
    /** There is audio to play. */
    audible: boolean;
    /** May start when it is first in the queue. */
    ready: boolean;
    cancelled: boolean;
    /** Over: nothing is accepted any more. */
    closed: boolean;
    duration: number;
    /** Why there are no server frames at the moment. */
    reason: FallbackReason | ErrorCode;
    /** The server's warning about the audio. @type {string | null} */
    warning: string | null;
    counters: {
        frames: number;
        lateFrames: number;
        firstFrameMs: number | null;
    };
    /** Milliseconds for which each source was used. */
    rankMs: {
        neutral: number;
        loudness: number;
        viseme: number;
        network: number;
        server: number;
    };
    /**
     * @param {number} id
     * @param {AudioSink} sink
     * @param {UtteranceHooks} hooks
     */
    constructor(id: number, sink: AudioSink, hooks: UtteranceHooks);
    /** Null until the sample rate of the audio is known. */
    get loudness(): Loudness | null;
    /** @param {UtteranceUplink} uplink */
    send(uplink: UtteranceUplink): void;
    /** The client was told to use no server. */
    onNoServer(): void;
    /** The network cannot be used: there is nothing to wait for. */
    onNetworkUnavailable(): void;
    /** @param {number} newest time of the newest frame of the network before those that have arrived, seconds */
    onNetworkFrames(newest: number): void;
    /** Marks that there is audio to play, so that a delay is now audible. */
    markAudible(): void;
    markReady(): void;
    /** Sets the sample rate of synthesised speech. @param {number} sampleRate Hertz */
    onAudioFormat(sampleRate: number): void;
    /** Adds audio. @param {Float32Array[]} planes one array per channel */
    addAudio(planes: Float32Array[]): void;
    /** Marks the end of the audio. @param {number} duration total seconds */
    finishAudio(duration: number): void;
    /** Whether there is enough audio to start playback. */
    get buffered(): boolean;
    /**
     * Checks the time of a viseme; if it is in another unit, so are the others, and they are dropped.
     * @param {() => void} check
     */
    requireUnit(check: () => void): void;
    /** Fails without any audio having been played. @param {A2FError} error */
    abort(error: A2FError): void;
    /**
     * @param {number} time seconds
     * @param {number} id Azure viseme, 0–21
     * @param {string} [phonemes] what it stands for, in IPA
     */
    onViseme(time: number, id: number, phonemes?: string): void;
    /**
     * @param {number} time seconds
     * @param {number} duration seconds
     * @param {string} text
     */
    onWord(time: number, duration: number, text: string): void;
    /**
     * @param {number} time seconds
     * @param {string} name
     */
    onBookmark(time: number, name: string): void;
    /** Reports the bookmarks up to a position of playback. @param {number} position seconds */
    reach(position: number): void;
    play(): void;
    /** @param {number} now ms */
    isOver(now: number): boolean;
    /** The source used most. @returns {Rank} */
    get rank(): Rank;
    /**
     * Ends the utterance and settles `done`.
     * @param {boolean} newest whether no later utterance has been sent
     */
    close(newest: boolean): void;
    /** Records up to the playback position. */
    updateTake(): void;
    /** Drops old data of an endless utterance, if playback cannot be rewound. */
    trim(): void;
    position(): number;
    trailingSilence(): number;
    /**
     * @param {number} fps
     * @param {number} lookahead seconds
     */
    onStarted(fps: number, lookahead: number): void;
    /** @param {number} frame */
    onSplice(frame: number): void;
    /**
     * @param {number} first
     * @param {ArrayLike<number>} values
     * @param {ArrayLike<number>} columns
     * @param {number} scale
     */
    onFrames(first: number, values: ArrayLike<number>, columns: ArrayLike<number>, scale: number): void;
    /**
     * @param {number} duration seconds of the last server utterance
     * @param {string} [warning] of the server
     */
    onEnd(duration: number, warning?: string): void;
    /** @param {FallbackReason} reason */
    onInterruption(reason: FallbackReason): void;
    /** @param {A2FError} error */
    onFailure(error: A2FError): void;
}

/** A PCM stream that is played and animated while it is written. Returned by `client.start()`. */
declare class PcmStream {
    #private;
    /**
     * @param {Utterance} utterance
     * @param {PcmFormat} format
     * @param {{write: (bytes: Uint8Array) => void, end: () => void}} uplink
     * @param {() => void} cancel
     */
    constructor(utterance: Utterance, format: PcmFormat, uplink: {
        write: (bytes: Uint8Array) => void;
        end: () => void;
    }, cancel: () => void);
    get id(): number;
    /** Resolves when it was played or cancelled. @returns {Promise<Outcome>} */
    get done(): Promise<Outcome>;
    /** The source used most so far. @returns {Rank} */
    get rank(): Rank;
    /** True after `end()` or `cancel()`. */
    get ended(): boolean;
    /**
     * Writes PCM of any length. Never blocks. Ignored after `cancel()`, or if playback has failed: the source may
     * still be sending.
     * @param {Int16Array | Float32Array | ArrayBuffer | Uint8Array} pcm interleaved channels; raw bytes are in
     *   the encoding given to `start` and may end within a sample
     */
    write(pcm: Int16Array | Float32Array | ArrayBuffer | Uint8Array): void;
    /** Ends the stream. */
    end(): void;
    /** Stops audio and animation immediately. */
    cancel(): void;
    /**
     * Adds a viseme of a speech service. Visemes are used if there are no server frames. Ignored once the utterance
     * is over.
     * @param {number} time seconds
     * @param {number | string} id an Azure viseme, 0–21, or one of `scheme`
     * @param {VisemeScheme} [scheme] the set that the id belongs to: `azure`, `oculus` (PP or viseme_PP), `polly` or
     *   `rhubarb`; with `arpabet` or `ipa` the id is a phone
     * @throws {A2FError} bad_argument. A time in another unit also drops the visemes added so far, so that
     *   loudness moves the mouth
     */
    addViseme(time: number, id: number | string, scheme?: VisemeScheme): void;
    /**
     * Adds a word of a speech service, for listeners of `word` and the outcome. Ignored once the utterance is over.
     * @param {number} time seconds
     * @param {number} duration seconds
     * @param {string} text
     * @throws {A2FError} bad_argument
     */
    addWord(time: number, duration: number, text: string): void;
    /**
     * Adds a bookmark, for listeners of `bookmark`. Ignored once the utterance is over.
     * @param {number} time seconds
     * @param {string} name
     * @throws {A2FError} bad_argument
     */
    addBookmark(time: number, name: string): void;
}

/** namespace of `microsoft-cognitiveservices-speech-sdk` */
type Sdk = any;
/** response of `POST /v1/azure-token`; `host` (ws://…) names a container or an emulator, which needs no token */
type AzureCredentials = {
    token?: string | null;
    region?: string | null;
    host?: string | null;
    expires_in?: number;
};
/** The methods of Audio2FaceClient that are used here. */
type SpeakingClient = {
    start: (options: {
        sampleRate: number;
    }) => PcmStream;
    on: (event: "cancel", callback: () => void) => unknown;
};
/**
 * Forwards audio, visemes and words of a SpeechSynthesizer to an utterance as they are synthesised. The
 * synthesizer must produce raw PCM at the utterance's sample rate and must not play it.
 * @param {any} synthesizer a `SpeechSynthesizer` of Microsoft's SDK
 * @param {PcmStream} utterance created with `client.start({ sampleRate })`
 * @param {() => void} [onSign] called on each event from Azure
 */
declare function followAzure(synthesizer: any, utterance: PcmStream, onSign?: () => void): void;
/** Synthesises speech with Microsoft's SDK in the browser; the client plays it and animates the face. */
declare class AzureSpeaker {
    #private;
    /**
     * @param {SpeakingClient} client
     * @param {Sdk} sdk
     * @param {{getPass: () => AzureCredentials | Promise<AzureCredentials>, voice?: string}} options getPass:
     *   fetches credentials from your server, which calls `POST /v1/azure-token`, so no key reaches the page;
     *   voice: for example "en-US-AvaNeural"
     */
    constructor(client: SpeakingClient, sdk: Sdk, options: {
        getPass: () => AzureCredentials | Promise<AzureCredentials>;
        voice?: string;
    });
    /**
     * Speaks a text. Several texts are synthesised in order; `client.cancel()` stops the current one and drops
     * the rest.
     * @param {string | {ssml: string}} words
     * @param {{plain?: boolean}} [options] plain: removes Markdown, URLs and emoji from the text
     * @returns {Promise<Outcome>} resolves when it was played or cancelled; rejects with an A2FError if Azure
     *   fails
     */
    speak(words: string | {
        ssml: string;
    }, options?: {
        plain?: boolean;
    }): Promise<Outcome>;
    /** Closes the connection to Azure. */
    close(): void;
}

/**
 * Adds a take to the avatar's GLB as an animation of the morph targets that the client would move. Meshes,
 * textures and compression are kept byte for byte.
 * @param {Take} take
 * @param {ArrayBuffer | Uint8Array} glb content of the avatar's file
 * @param {{fps?: number, map?: MorphMap, name?: string}} [options] fps: keys per second; map: as in
 *   `initializeWithScene`; name: of the animation
 * @returns {Uint8Array<ArrayBuffer>} content of the new GLB
 */
declare function bakeTake(take: Take, glb: ArrayBuffer | Uint8Array, options?: {
    fps?: number;
    map?: MorphMap;
    name?: string;
}): Uint8Array<ArrayBuffer>;

/** @returns {Settings} */
declare function defaultSettings(): Settings;

/**
 * Follows live audio: a microphone or a remote track. Frames can only arrive after the audio, so the face
 * follows with a delay that adapts to the server and the network, like a jitter buffer.
 */
declare class LiveSink {
    #private;
    startsImmediately: boolean;
    forwardOnly: boolean;
    /** @param {number} sampleRate Hertz */
    constructor(sampleRate: number);
    /** Current delay of the face behind the audio, seconds. */
    get delay(): number;
    get rate(): number;
    start(): void;
    stop(): void;
    /** @param {Float32Array[]} planes */
    write(planes: Float32Array[]): void;
    /** @param {number} duration seconds in all */
    finish(duration: number): void;
    /** @param {number} lookahead the server's look-ahead, seconds */
    expectLookahead(lookahead: number): void;
    /**
     * Measures the lag: how far the newest frame was behind the audio just before new frames arrived.
     * @param {number} newest time of that frame, seconds of the utterance
     * @param {number} now ms
     */
    observeFrames(newest: number, now: number): void;
    /** @param {number} now ms */
    time(now: number): number;
    /** Tells whether the audio keeps coming. @returns {Supply} */
    supply(): Supply;
    /** @param {number} now ms */
    deviceTime(now: number): number;
    /** @param {number} now ms */
    isOver(now: number): boolean;
}

/**
 * Animation from a microphone or a remote track. Returned by `client.listen()`. It ends when the stream has no live
 * audio track any more; a track that replaces another one is followed, and a muted one is silent.
 */
declare class LiveSession {
    #private;
    /** Resolves when capturing has started; rejects with `microphone_failed`. @type {Promise<void>} */
    ready: Promise<void>;
    /**
     * @param {MediaStream} stream
     * @param {{context: AudioContext, platform: Platform}} host
     * @param {PcmStream} pcm
     * @param {LiveSink} sink
     * @param {boolean} play plays the stream too
     */
    constructor(stream: MediaStream, { context, platform }: {
        context: AudioContext;
        platform: Platform;
    }, pcm: PcmStream, sink: LiveSink, play: boolean);
    get id(): number;
    /** Current delay of the face behind the audio, seconds. */
    get delay(): number;
    /** The source used most so far. @returns {Rank} */
    get rank(): Rank;
    /** Resolves when the last frame has been shown. @returns {Promise<Outcome>} */
    get done(): Promise<Outcome>;
    /** Stops capturing. The stream's tracks are left running. */
    stop(): void;
    /** Stops capturing and animation immediately. */
    cancel(): void;
}

type MediaClock = {
    currentTime: number;
    paused?: boolean;
    ended?: boolean;
    playbackRate?: number;
};

type AudioTarget = "play" | HTMLMediaElement | MediaClock | (() => number);
type StreamOptions = {
    sampleRate: number;
    channels?: number;
    encoding?: "pcm_s16le" | "pcm_f32le";
    audio?: AudioTarget;
    visemes?: boolean;
};
/**
 * Animates one avatar with the blendshapes of an a2f-server, in sync with audio playback. Several clients can
 * run on one page independently.
 */
declare class Audio2FaceClient {
    #private;
    /** The 52 ARKit names in the order of `frame.weights`. */
    static BLENDSHAPES: readonly ("browDownLeft" | "browDownRight" | "browInnerUp" | "browOuterUpLeft" | "browOuterUpRight" | "cheekPuff" | "cheekSquintLeft" | "cheekSquintRight" | "eyeBlinkLeft" | "eyeBlinkRight" | "eyeLookDownLeft" | "eyeLookDownRight" | "eyeLookInLeft" | "eyeLookInRight" | "eyeLookOutLeft" | "eyeLookOutRight" | "eyeLookUpLeft" | "eyeLookUpRight" | "eyeSquintLeft" | "eyeSquintRight" | "eyeWideLeft" | "eyeWideRight" | "jawForward" | "jawLeft" | "jawOpen" | "jawRight" | "mouthClose" | "mouthDimpleLeft" | "mouthDimpleRight" | "mouthFrownLeft" | "mouthFrownRight" | "mouthFunnel" | "mouthLeft" | "mouthLowerDownLeft" | "mouthLowerDownRight" | "mouthPressLeft" | "mouthPressRight" | "mouthPucker" | "mouthRight" | "mouthRollLower" | "mouthRollUpper" | "mouthShrugLower" | "mouthShrugUpper" | "mouthSmileLeft" | "mouthSmileRight" | "mouthStretchLeft" | "mouthStretchRight" | "mouthUpperUpLeft" | "mouthUpperUpRight" | "noseSneerLeft" | "noseSneerRight" | "tongueOut")[] & StringLookup;
    static A2FError: typeof A2FError;
    static AzureSpeaker: typeof AzureSpeaker;
    static followAzure: typeof followAzure;
    static bakeTake: typeof bakeTake;
    /** Returns the default of each setting. */
    static defaultSettings: typeof defaultSettings;
    /**
     * @param {string | null | false} [serverUrl] http(s):// or ws(s)://, optionally with a path; default: the page's
     *   origin; false: no server
     * @param {Partial<Settings & Platform>} [options]
     */
    constructor(serverUrl?: string | null | false, options?: Partial<Settings & Platform>);
    /**
     * @param {Partial<Settings>} changes take effect with the next utterance; a new server address takes effect
     *   immediately
     */
    configure(changes: Partial<Settings>): this;
    /**
     * @template {keyof Events} Name
     * @param {Name} event
     * @param {(payload: Events[Name]) => void} callback
     * @returns {() => void} removes the listener
     */
    on<Name extends keyof Events>(event: Name, callback: (payload: Events[Name]) => void): () => void;
    /**
     * @template {keyof Events} Name
     * @param {Name} event
     * @param {(payload: Events[Name]) => void} callback
     */
    off<Name extends keyof Events>(event: Name, callback: (payload: Events[Name]) => void): void;
    /**
     * Queries the server's health endpoint. Never throws.
     * @returns {Promise<{connected: boolean, error?: string, [field: string]: any}>}
     */
    checkConnection(): Promise<{
        connected: boolean;
        error?: string;
        [field: string]: any;
    }>;
    /**
     * Opens the connection now instead of with the first utterance, to check address and token or to save time. With
     * `serverUrl: false` it loads the network.
     * @returns {Promise<void>} resolves when the server or the network is ready; rejects with the reason if it cannot be
     *   used
     */
    connect(): Promise<void>;
    /**
     * Binds all meshes with morph targets, replacing any earlier binding.
     * @param {unknown} target a scene, a glTF, a mesh, a VRM, or an array of them
     * @param {{map?: MorphMap}} [options] map: ARKit name → the mesh's own morph target(s)
     * @returns {boolean} true if anything can move
     */
    initializeWithScene(target: unknown, options?: {
        map?: MorphMap;
    }): boolean;
    /** What is bound, and which shapes the meshes lack. @returns {BindingReport | null} */
    get binding(): BindingReport | null;
    /**
     * Plays an audio file in an element and animates the face in sync. Playback waits for the server no longer
     * than `patience`.
     * @param {Blob | ArrayBuffer | Uint8Array} audio content of the file
     * @param {HTMLMediaElement} element its source is the same file
     * @returns {Promise<Outcome>} resolves when it was played or cancelled
     */
    processAndAnimate(audio: Blob | ArrayBuffer | Uint8Array, element: HTMLMediaElement): Promise<Outcome>;
    /**
     * Opens an utterance whose PCM is written as it becomes available. It plays after all earlier utterances.
     * @param {StreamOptions} options sampleRate in Hertz, 8000–48000; audio: how it is played: "play" (by the
     *   client, default), an element, or an external clock that reports the playback position in seconds; visemes: true
     *   emits `viseme` for what the server hears, if its model can (`ready.visemes`)
     */
    start(options: StreamOptions): PcmStream;
    /**
     * Lets the server synthesise a text and plays it, with the face in sync. Several texts are spoken in order.
     * @param {string | {ssml: string}} words plain text or SSML
     * @param {{voice?: string, plain?: boolean}} [options] voice: a name listed by `GET /v1/voices`. plain: removes
     *   Markdown, URLs and emoji from text written by a language model; resolves at once if nothing is left
     * @returns {Promise<Outcome>} resolves when it was played or cancelled; rejects if nothing could be played
     */
    speak(words: string | {
        ssml: string;
    }, options?: {
        voice?: string;
        plain?: boolean;
    }): Promise<Outcome>;
    /**
     * Animates the face from a microphone or a remote track.
     * @param {MediaStream} stream
     * @param {{play?: boolean}} [options] play: plays the stream too, as late as the face is, so that both are in sync.
     *   Mute the element that plays it otherwise
     */
    listen(stream: MediaStream, options?: {
        play?: boolean;
    }): LiveSession;
    /**
     * Animates the speech of a bot whose sound reaches the page another way, for example as a WebRTC track. The bot
     * animates it with Python's `FaceRelay` and sends its messages over a channel of the app.
     * @param {unknown} message a message of the channel, parsed
     * @returns {boolean} whether it was one of a `FaceRelay`
     */
    receive(message: unknown): boolean;
    /** The latest recording, complete or in progress; only with `keepTake`. @returns {Take | null} */
    get take(): Take | null;
    /**
     * Replays a recording without the server. The face follows an element that plays the recording's audio,
     * including pauses and seeks. A paused replay ends when another utterance is waiting.
     * @param {Take} take must be complete
     * @param {HTMLMediaElement} element plays the recording's audio, for example `take.wav()`; the app starts
     *   it
     * @returns {Promise<Outcome>} resolves when the element has ended, or on cancel
     */
    replay(take: Take, element: HTMLMediaElement): Promise<Outcome>;
    /** Stops audio and animation and drops all queued utterances. A new utterance may start immediately. */
    cancel(): void;
    /** Cancels everything and shows the neutral face immediately. */
    reset(): void;
    /** @param {number} intensity 0.1–2 */
    setIntensity(intensity: number): void;
    /**
     * The weights shown now: 52 values, 0–1, in the order of BLENDSHAPES. The array is reused; copy it to keep
     * it.
     */
    get weights(): Float32Array<ArrayBuffer>;
    /**
     * Shows emotions on top of the current animation, blended over 250 ms, also while idle. The table of
     * expressions is fetched from the server once; closed lips stay closed. Do not combine with {@link
     * setEmotions} for the same emotion, or it is applied twice.
     * @param {Emotions | null} expression name → 0–1; null or {} removes all
     * @returns {Promise<boolean>} true if an expression is shown; false also if the table is not available,
     *   which raises an `error` event with code `no_expressions`
     */
    setExpression(expression: Emotions | null): Promise<boolean>;
    /**
     * Sets the emotions that the server's model and motion use. They are blended in from the next frames on,
     * also during speech. For an immediate change use {@link setExpression}.
     * @param {Emotions | null} emotions name → 0–1
     */
    setEmotions(emotions: Emotions | null): void;
    /** Unlocks audio; call it from a click or key handler. The client also does this on the first gesture. */
    unlock(): Promise<void>;
    /**
     * Runs one animation tick; only for apps with their own loop (`autoUpdate: false`). Call it before
     * rendering.
     */
    update(): void;
    /** Returns the state of the client as plain JSON. */
    getDebugState(): {
        connection: ConnectionState;
        server: any;
        network: Pick<NetworkInfo, "kernel" | "place" | "stepMs"> | null;
        rank: Rank;
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
            missing: BlendshapeName[] & StringLookup;
            meshes: number;
            schemes: string[];
            problem: BindingProblem | null;
            advice: string;
            found: number;
        } | null;
    };
    /** Releases all resources and resets the morphs to 0. The client cannot be used afterwards. */
    dispose(): void;
}

export { A2FError, Audio2FaceClient, AzureSpeaker, BLENDSHAPES, bakeTake, Audio2FaceClient as default, followAzure };
export type { LiveSession, PcmStream, Take, PcmStream as Utterance };
export type { BindingProblem, BindingReport, BlendshapeName, EmotionName, Emotions, ErrorCode, ErrorReason, ErrorScope, Events, FallbackReason, FrameEvent, LifeOptions, MorphMap, NetworkOptions, Outcome, Platform, Rank, Settings, TakeFrames, Word };
