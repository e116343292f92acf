/* audio2face-client 0.1.0, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */
declare const NAMES: readonly ["eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut"];
/** The name of one of the 52 ARKit blendshapes. */
type BlendshapeName = typeof NAMES[number];
/** Lets a list of literal names be searched for any string. */
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

/** Codes of the WebSocket protocol. */
type ServerErrorCode = "bad_message" | "bad_state" | "unsupported_audio" | "bad_audio" | "too_long" | "too_large" | "busy" | "unauthorized" | "not_found" | "backend_failed" | "tts_unavailable" | "tts_failed" | "timeout";
/** Codes of the client itself. */
type ClientErrorCode = "bad_argument" | "bad_state" | "bad_audio" | "empty_audio" | "no_server" | "connection_failed" | "connection_lost" | "audio_locked" | "playback_failed" | "microphone_failed" | "no_expressions" | "tts_failed" | "disposed";
type ErrorCode = ServerErrorCode | ClientErrorCode;
/** Why a server refuses with `busy`. full: every slot is taken; draining: it is shutting down; connections: too many connections; queue: too many utterances are waiting; quota: the limit of this key or address is reached. */
type ErrorReason = "full" | "draining" | "connections" | "queue" | "quota";
/**
 * An error that the client throws or reports with its `error` event. `code` and `reason` are for programs; `message` is
 * for people and says what to do.
 */
declare class A2FError extends Error {
    code: ErrorCode;
    /** The connection is closed, and the client will not reconnect without a call. */
    fatal: boolean;
    /** Details of `busy`, if the server gives them. */
    reason: ErrorReason | undefined;
    /**
     * @param {ErrorCode | (string & {})} code
     * @param {string} message
     * @param {{fatal?: boolean, reason?: ErrorReason}} [details]
     */
    constructor(code: ErrorCode | (string & {}), message: string, { fatal, reason }?: {
        fatal?: boolean;
        reason?: ErrorReason;
    });
}

type FallbackReason = typeof FALLBACK[keyof typeof FALLBACK];
declare const FALLBACK: Readonly<{
    /** The server has accepted the utterance but has sent no frames yet. */
    waiting: "waiting for frames";
    /** Frames arrive too slowly for the playback position. */
    late: "frames late";
    /** There are frames for the playback position, so the server takes over. */
    framesAvailable: "frames are there";
    /** There was no connection when the utterance began. */
    noConnection: "no connection";
    connectionLost: "connection lost";
    /** The server refused the utterance for lack of capacity; the client retries. */
    serverBusy: "server busy";
    cancelled: "cancelled";
    finished: "utterance over";
}>;

/** The mouth from the envelope of the sound: what is left when no server answers. */
declare class Loudness {
    #private;
    rank: "loudness";
    /** @param {number} sampleRate Hertz */
    constructor(sampleRate: number);
    /** Of the sound that it measures, Hertz. */
    get sampleRate(): number;
    /** Seconds of quiet at the end of what was heard so far. */
    get trailingSilence(): number;
    /** @param {readonly Float32Array[]} planes one array a channel, values of −1 to 1 */
    push(planes: readonly Float32Array[]): void;
    finish(): void;
    /** @param {number} time seconds */
    trim(time: number): void;
    /** @param {number} time seconds */
    ahead(time: number): number;
    /**
     * How loud the voice is, for motion that follows it, so averaged over some 150 ms.
     * @param {number} time seconds
     * @returns {number} 0–1; negative where it is not known
     */
    level(time: number): number;
    /**
     * @param {number} time seconds
     * @param {Float32Array} out at least the 52 weights; more is left alone
     */
    sample(time: number, out: Float32Array): void;
}

/** The sound of a take: one channel of 16 bits, and its peaks. */
declare class TakeAudio {
    #private;
    /** Hertz; 0 until it is known. */
    sampleRate: number;
    /** How many samples there are. */
    length: number;
    /** Seconds. */
    get duration(): number;
    /** @param {readonly Float32Array[]} planes one array a channel, values of −1 to 1 */
    push(planes: readonly Float32Array[]): void;
    /** Cuts what lies behind an instant. @param {number} duration seconds */
    cut(duration: number): void;
    /** @returns {Int16Array} all of it */
    samples(): Int16Array;
    /**
     * The largest value between two instants.
     * @param {number} from seconds
     * @param {number} to seconds
     * @returns {number} 0–1
     */
    peak(from: number, to: number): number;
    /** How loud it is, for what moves with the voice. */
    loudness(): Loudness;
    /** A WAV file. @returns {Uint8Array<ArrayBuffer>} */
    wav(): Uint8Array<ArrayBuffer>;
}

/**
 * One utterance as it can be kept: what was heard, and the face of each instant, whatever rank it came from.
 * It does not depend on the display's rate. Made by a client with `keepTake`; grows while it is spoken.
 */
declare class Take {
    #private;
    id: number;
    sound: TakeAudio;
    /** As the voice told them. @type {{time: number, id: number}[]} seconds, Azure viseme */
    visemes: {
        time: number;
        id: number;
    }[];
    /** @type {{time: number, duration: number, text: string}[]} seconds */
    words: {
        time: number;
        duration: number;
        text: string;
    }[];
    /** Where each rank begins, in seconds. @type {{time: number, rank: Rank}[]} */
    ranks: {
        time: number;
        rank: Rank;
    }[];
    /** It has ended, so nothing is added any more. */
    complete: boolean;
    /** It was cut short. */
    cancelled: boolean;
    /** Seconds that it will have, once that is known; before, 0. */
    expected: number;
    /**
     * @param {number} id of the utterance
     * @param {(face: Float32Array) => void} present makes of a face, in place, the one that is shown: intensity and the like
     */
    constructor(id: number, present: (face: Float32Array) => void);
    /** Seconds: of the sound so far, or of all of it once it is complete. */
    get duration(): number;
    /** Up to where the face is known, in seconds. */
    get known(): number;
    /**
     * The next face; one every 1 / TAKE_RATE seconds.
     * @param {Float32Array} face a whole one, as the ladder gives it
     * @param {Rank} rank
     */
    add(face: Float32Array, rank: Rank): void;
    /** @param {number} duration seconds */
    finish(duration: number): void;
    /**
     * The rank in use at an instant.
     * @param {number} time seconds
     * @returns {Rank}
     */
    rankAt(time: number): Rank;
    /**
     * The face at an instant, as it is shown with today's intensity and expression.
     * @param {number} time seconds
     * @param {Float32Array} out the 52 of ARKit, or a whole face
     */
    faceAt(time: number, out: Float32Array): void;
    /**
     * How many frames the animation has at a rate.
     * @param {number} [fps] 1–120
     */
    count(fps?: number): number;
    /**
     * The animation at a rate: frame i is the face at i / fps seconds, with today's intensity and expression.
     * @param {number} [fps] 1–120
     * @returns {TakeFrames}
     */
    frames(fps?: number): TakeFrames;
    /** A CSV as Live Link Face records it. @param {number} [fps] @returns {string} */
    csv(fps?: number): string;
    /** What `POST /v1/animate` answers. @param {number} [fps] @returns {string} JSON */
    json(fps?: number): string;
    /** The sound as a WAV file, one channel, 16 bits. @returns {Blob} */
    wav(): Blob;
    /** The take as the ladder wants it. @returns {Source} */
    source(): Source;
}


/** Where the face comes from, best first. */
type Rank = "server" | "viseme" | "loudness" | "neutral";
type EmotionName = "amazement" | "anger" | "cheekiness" | "disgust" | "fear" | "grief" | "joy" | "outofbreath" | "pain" | "sadness";
/** Strength of each emotion, 0–1; missing ones are 0. */
type Emotions = Partial<Record<EmotionName, number>>;
/** One way of knowing the face at an instant. */
type Source = {
    rank: Rank;
    /**
     * seconds of data beyond an instant; see {@link FrameTrack#ahead}
     */
    ahead: (time: number) => number;
    sample: (time: number, out: Float32Array, smoothing: number) => void;
    /**
     * it writes a whole face; else the visemes follow from the 52
     */
    writesVisemes?: boolean;
};
/** How an utterance is heard, and therefore what its clock is. */
type AudioSink = {
    /**
     * lets the sound start
     */
    start: () => void;
    /**
     * takes PCM, where the voice plays it
     */
    write?: (planes: Float32Array[]) => void;
    /**
     * no more PCM; seconds in all
     */
    finish?: (duration: number) => void;
    /**
     * is told the rate of the PCM, where only the server knows it
     */
    setSampleRate?: (sampleRate: number) => void;
    /**
     * ends the sound at once
     */
    stop: () => void;
    /**
     * seconds of the utterance being heard
     */
    time: (now: number) => number;
    /**
     * the same as the sound's own device reports it; NaN while nothing is heard
     */
    heard?: (now: number) => number;
    /**
     * the speed of that time; 0 while it stands still
     */
    rate: number;
    /**
     * everything has been heard
     */
    isOver: (now: number) => boolean;
    /**
     * how often the sound ran dry
     */
    underruns?: number;
    /**
     * why it ended early
     */
    failure?: A2FError | null;
    /**
     * is told what the server needs, in seconds
     */
    expectLookahead?: (lookahead: number) => void;
    /**
     * is told how far the frames are, as they come
     */
    observeFrames?: (newest: number, now: number) => void;
    /**
     * nobody can go back in it
     */
    forwardOnly?: boolean;
    /**
     * its sound does not wait for the first frames
     */
    startsImmediately?: boolean;
    /**
     * it stands still as long as the app likes, so it gives way to whoever waits
     */
    isPaused?: boolean;
};
/** What `configure` takes; every field is optional there. */
type Settings = {
    /**
     * http(s):// or ws(s)://, with or without a path; default: the page's origin
     */
    serverUrl: string | null;
    /**
     * 0.1–2, multiplies all shapes but lids and gaze
     */
    intensity: number;
    /**
     * 0–1, symmetric over the timeline, so without lag; 1 is about 130 ms to each side
     */
    smoothing: number;
    /**
     * false: whole files over HTTP (`POST /v1/animate`)
     */
    useWebSocket: boolean;
    /**
     * short-lived token (`POST /v1/token`), never the server's key
     */
    apiToken: string | null;
    /**
     * asked for a token before each connection
     */
    getToken: (() => string | Promise<string>) | null;
    /**
     * 10–60; null: the server's
     */
    fps: number | null;
    /**
     * a motion pipeline that `ready.profiles` lists
     */
    profile: string | null;
    /**
     * uint32; the same seed and audio give the same face
     */
    seed: number | null;
    /**
     * one that `ready.backends` lists
     */
    backend: string | null;
    /**
     * what moves the mouth: "server": the best there is, the server's frames first;
     * "viseme": the visemes of the speech service, then loudness, and of the server's frames only eyes and brows
     */
    lipSync: "server" | "viseme";
    /**
     * name → 0–1: how the server is to animate the next utterance
     */
    emotions: Emotions | null;
    /**
     * the face blinks, breathes, looks about and nods by itself, also while nobody
     * speaks; default: false. Never where the visitor prefers reduced motion
     */
    life: boolean | LifeOptions;
    /**
     * ms that sound waits for the first frames
     */
    patience: number;
    /**
     * false: the app calls `update()` from its render loop
     */
    autoUpdate: boolean;
    /**
     * one that the app owns; else the client makes its own
     */
    audioContext: AudioContext | null;
    /**
     * what is spoken is kept as `take`, to be shown, replayed and exported; costs some
     * 60 kB a second of sound
     */
    keepTake: boolean;
};
type LifeOptions = {
    /**
     * what the eyes look at; else straight ahead
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
/** What the browser gives; each can be replaced, for tests and odd hosts. */
type Platform = {
    WebSocket: typeof WebSocket | undefined;
    AudioContext: typeof AudioContext | undefined;
    OfflineAudioContext: typeof OfflineAudioContext | undefined;
    AudioWorkletNode: typeof AudioWorkletNode | undefined;
    fetch: typeof fetch | undefined;
    /**
     * ms, monotonic
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
};
/** ARKit name → the mesh's target(s), or expressions of a VRM; null: leave it. */
type MorphMap = Partial<Record<BlendshapeName, string | string[] | null>>;
type BindingReport = {
    /**
     * ARKit shapes that move something
     */
    found: BlendshapeName[] & StringLookup;
    /**
     * ARKit shapes that nothing on the meshes shows
     */
    missing: BlendshapeName[] & StringLookup;
    meshes: number;
    /**
     * how the targets are named: "arkit", "pascal", "side-suffix", "prefixed", "other",
     * "mapped", "visemes", "simple"; or what else moves: "vrm" (its presets), "look-at" (a VRM's), "jaw-bone", "eye-bones"
     */
    schemes: string[];
    /**
     * what cannot move, and what to do about it, in sentences; empty when nothing is missing
     */
    advice: string;
};
/** What became of an utterance. */
type Outcome = {
    utterance: number;
    /**
     * that the server sent
     */
    frames: number;
    /**
     * seconds of sound
     */
    duration: number;
    /**
     * that carried most of it
     */
    rank: Rank;
    cancelled: boolean;
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
     * the source of each frame
     */
    ranks: Rank[];
};
/** One object and one array, reused from tick to tick: copy what you keep. */
type FrameEvent = {
    utterance: number;
    /**
     * seconds of the utterance that this face belongs to
     */
    time: number;
    /**
     * seconds of the utterance that are heard, as the sound's own device reports it; NaN where
     * nothing is heard or nobody can tell
     */
    heard: number;
    /**
     * 52 values of 0–1 in the order of BLENDSHAPES
     */
    weights: Float32Array;
    rank: Rank;
};
type Events = {
    /**
     * the server is at work on an utterance
     */
    processing: {
        processing: boolean;
        utterance: number;
    };
    /**
     * once a render tick while speaking
     */
    frame: FrameEvent;
    /**
     *   reason: with code `busy`, if the server gives one
     */
    error: {
        code: ErrorCode;
        message: string;
        fatal: boolean;
        reason?: ErrorReason;
        utterance?: number;
    };
    /**
     * sound begins, sound is over
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
     * the server took it
     */
    started: {
        utterance: number;
        fps: number;
        lookahead: number;
    };
    end: Outcome;
    /**
     * everything was cancelled, what had not begun included
     */
    cancel: {};
    /**
     * as it becomes known: Azure viseme from `time` (s) on
     */
    viseme: {
        utterance: number;
        time: number;
        id: number;
    };
    /**
     * as it becomes known
     */
    word: {
        utterance: number;
        time: number;
        duration: number;
        text: string;
    };
    bound: BindingReport;
    /**
     * with `keepTake`: one begins, and, `complete`, it has ended
     */
    take: {
        take: Take;
    };
};
type ConnectionState = "idle" | "connecting" | "ready" | "waiting" | "failed" | "closed";

type PcmEncoding = "pcm_s16le" | "pcm_f32le";
/** What `start` says about its sound. */
declare class PcmFormat {
    sampleRate: number;
    channels: number;
    encoding: PcmEncoding;
    sampleBytes: number;
    /** Bytes of one instant, all channels. */
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

/**
 * The rank between the server's frames and loudness: a face from the viseme marks of a speech service. Each sound
 * holds the groups of the face with a strength that is full in its span and fades around it; the face is the mean
 * of what all ask for. Above that stand three gates that no neighbour can open: lips that meet, the lip at the
 * teeth, and silence. Where marks are sparse the mouth goes over to the loudness of the voice.
 */
declare class VisemeSource {
    #private;
    rank: "viseme";
    /** It writes the visemes of a face, too. */
    writesVisemes: boolean;
    /** How loud the voice is at a time, 0–1; negative: not known. @type {((time: number) => number) | null} */
    level: ((time: number) => number) | null;
    /** How many marks are kept. */
    get count(): number;
    /**
     * @param {number} time seconds of the utterance
     * @param {number} id Azure viseme, 0–21; others are left out
     */
    add(time: number, id: number): void;
    /**
     * No more marks are to be waited for.
     * @param {number} duration seconds of the utterance
     */
    finish(duration: number): void;
    /**
     * Forgets the marks that no longer have a hold on an instant.
     * @param {number} time seconds
     */
    trim(time: number): void;
    /**
     * Seconds of marks beyond an instant, in the sense of {@link FrameTrack#ahead}.
     * @param {number} time seconds
     */
    ahead(time: number): number;
    /**
     * The curves are smooth by themselves, so the smoothing that other sources take is not asked for.
     * @param {number} time seconds
     * @param {Float32Array} out a whole face
     */
    sample(time: number, out: Float32Array): void;
}

/** Consecutive frames of one utterance. */
type FrameBlock = {
    utterance: number;
    /**
     * index of the first frame; frame i shows the face at i / fps seconds
     */
    first: number;
    fps: number;
    count: number;
    /**
     * count × columns weights
     */
    values: ArrayLike<number>;
    /**
     * what a value is multiplied by to give a weight of 0–1
     */
    scale: number;
};
/** Sound that the server speaks. */
type AudioBlock = {
    utterance: number;
    /**
     * Hertz
     */
    sampleRate: number;
    /**
     * mono, −1 to 1
     */
    samples: Float32Array;
};

type ConnectionHooks = {
    onState: (state: ConnectionState) => void;
    /**
     * of the connection itself
     */
    onError: (error: A2FError) => void;
};
/** What a segment gives the connection. */
type MessageListener = {
    onMessage: (message: any) => void;
    onFrames: (block: FrameBlock) => void;
    onAudio: (block: AudioBlock) => void;
};
/**
 * One WebSocket to one server, kept open between utterances and opened again when it breaks. Messages go to
 * the segment that they name; those of segments that are gone are dropped.
 */
declare class Connection {
    #private;
    /** The server's `ready`. @type {any} */
    ready: any;
    /** For each column of a frame our index. @type {Int16Array | null} */
    columns: Int16Array | null;
    /** @type {ConnectionState} */
    state: ConnectionState;
    /** Why there is no connection; null while there is one. @type {A2FError | null} */
    failure: A2FError | null;
    /** Called with true when the server is ready, false when it is gone. @type {Set<(up: boolean) => void>} */
    watchers: Set<(up: boolean) => void>;
    /**
     * @param {Platform} platform
     * @param {() => Settings} settings
     * @param {ConnectionHooks} hooks
     */
    constructor(platform: Platform, settings: () => Settings, hooks: ConnectionHooks);
    /** Sees to it that there is a connection, or that one is being tried; who asks does not wait for the next retry. */
    connect(): void;
    /**
     * @param {MessageListener} listener
     * @param {boolean} speaks whether the server speaks it
     * @returns {number} the utterance's id on the wire, larger than any before
     */
    register(listener: MessageListener, speaks: boolean): number;
    /** @param {number} id */
    unregister(id: number): void;
    /** @param {() => void} action is called as soon as the server does not speak; never, if it is lost before */
    afterServerSpeech(action: () => void): void;
    /** @param {Record<string, any> | Uint8Array<ArrayBuffer>} message JSON, or audio */
    send(message: Record<string, any> | Uint8Array<ArrayBuffer>): void;
    /**
     * Goes to another server behind the same address, where a proxy may choose a better one.
     * @returns {boolean} false: utterances are open here, or there is no connection to leave
     */
    switchServer(): boolean;
    /** Leaves the server; `connect` comes back, to where the settings then say. */
    close(state?: ConnectionState): void;
}


/**
 * One utterance on the wire. What a user calls an utterance may take several: after a broken connection, and
 * when a microphone outlasts the server's limit. `first` says where its frame 0 lies on the whole timeline.
 */
declare class ServerUtterance {
    #private;
    first: number;
    id: number;
    /** No more audio may be sent. */
    ended: boolean;
    /** The server has answered everything, or given up. */
    done: boolean;
    /**
     * @param {Connection} connection which is ready
     * @param {number} first frame of the timeline at which it starts
     * @param {ServerUtteranceListener} listener
     */
    constructor(connection: Connection, first: number, listener: ServerUtteranceListener);
    /** @param {Record<string, any>} fields of `start`, or of `speak` with that `type` */
    start(fields: Record<string, any>): void;
    /** @param {Uint8Array} bytes */
    sendAudio(bytes: Uint8Array): void;
    end(): void;
    /** Wants no more of it. `cancel` drops whatever is open, so it is only said while nothing newer is. */
    abandon(newest?: boolean): void;
    /** @param {FrameBlock} block */
    onFrames(block: FrameBlock): void;
    /** @param {AudioBlock} block */
    onAudio(block: AudioBlock): void;
    /** @param {any} message */
    onMessage(message: any): void;
}
type ServerUtteranceListener = {
    onStarted: (message: any, serverUtterance: ServerUtterance) => void;
    onFrames: (first: number, block: FrameBlock, serverUtterance: ServerUtterance) => void;
    onEnd: (message: any, serverUtterance: ServerUtterance) => void;
    onError: (message: any, serverUtterance: ServerUtterance) => void;
    /**
     * where the server speaks
     */
    onAudio?: (block: AudioBlock) => void;
    onViseme?: (message: any) => void;
    onWord?: (message: any) => void;
};

type UtteranceHooks = {
    emit: (event: keyof Events, payload: any) => void;
    /**
     * it may begin, or it is over
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
     * the take so far; known: seconds recorded
     */
    take: {
        known: number;
    };
    addAudio: (planes: Float32Array[]) => void;
    onViseme: (viseme: {
        time: number;
        id: number;
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
     * seconds
     */
    finish: (duration: number) => void;
};
/** What brings it to the server. */
type UtteranceUplink = {
    open: () => void;
    close: (newest: boolean) => void;
    setEmotions: (emotions: Record<string, number>) => void;
    serverUtterance: ServerUtterance | null;
};
/**
 * One utterance inside the client: its sound, what is known of the face, and where both stand. It implements
 * what an uplink reports to, and hands the ladder its sources.
 */
declare class Utterance {
    #private;
    id: number;
    sink: AudioSink;
    /** @type {Promise<Outcome>} */
    done: Promise<Outcome>;
    /** @type {Source[]} best first */
    sources: Source[];
    visemes: VisemeSource;
    /** @type {Loudness | null} */
    loudness: Loudness | null;
    /** @type {UtteranceUplink | null} */
    uplink: UtteranceUplink | null;
    /** Where it is to be kept. @type {UtteranceRecorder | null} */
    recorder: UtteranceRecorder | null;
    /** No more PCM will be written. */
    inputEnded: boolean;
    playing: boolean;
    /** There is sound to hear. */
    audible: boolean;
    /** Nothing is worth waiting for any more: it may begin when it is its turn. */
    ready: boolean;
    cancelled: boolean;
    duration: number;
    /** Why there are no server frames just now. */
    reason: FallbackReason | ErrorCode;
    counters: {
        frames: number;
        lateFrames: number;
        firstFrameMs: number | null;
    };
    /** Milliseconds that each rank carried. */
    rankMs: {
        neutral: number;
        loudness: number;
        viseme: number;
        server: number;
    };
    /**
     * @param {number} id
     * @param {AudioSink} sink
     * @param {UtteranceHooks} hooks
     */
    constructor(id: number, sink: AudioSink, hooks: UtteranceHooks);
    /** @param {UtteranceUplink} uplink */
    send(uplink: UtteranceUplink): void;
    /** @param {Loudness} loudness */
    setLoudness(loudness: Loudness): void;
    /** There is sound, so from now on waiting is felt. */
    markAudible(): void;
    markReady(): void;
    /** @param {number} sampleRate of what the server will say, Hertz */
    onAudioFormat(sampleRate: number): void;
    /** More of the sound. @param {Float32Array[]} planes one array a channel */
    addAudio(planes: Float32Array[]): void;
    /** @param {number} duration seconds of sound in all */
    finishAudio(duration: number): void;
    /** Nothing of it will be heard. @param {A2FError} error */
    abort(error: A2FError): void;
    /**
     * @param {number} time seconds
     * @param {number} id Azure viseme, 0–21
     */
    onViseme(time: number, id: number): void;
    /**
     * @param {number} time seconds
     * @param {number} duration seconds
     * @param {string} text
     */
    onWord(time: number, duration: number, text: string): void;
    play(): void;
    /** @param {number} now ms */
    isOver(now: number): boolean;
    /** @returns {Rank} that carried most of it */
    get rank(): Rank;
    /** @param {boolean} newest whether no later utterance has been sent */
    close(newest: boolean): void;
    /**
     * It cannot be heard, or not be read.
     * @param {A2FError} error
     */
    fail(error: A2FError): void;
    /** Writes down what has been heard. */
    updateTake(): void;
    /** An endless utterance forgets its past, where nobody can seek back to it. */
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
    /** @param {number} duration seconds of the last segment */
    onEnd(duration: number): void;
    /** @param {FallbackReason} reason */
    onInterruption(reason: FallbackReason): void;
    /** @param {A2FError} error */
    onFailure(error: A2FError): void;
}

/** A stream of PCM that is heard and shown while it is written. Made by `client.start()`. */
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
    /** Resolves when it has been heard, or was cancelled. @returns {Promise<Outcome>} */
    get done(): Promise<Outcome>;
    /** What carried most of it so far. @returns {Rank} */
    get rank(): Rank;
    /** No more can be written. */
    get ended(): boolean;
    /**
     * Takes PCM of any length and returns at once, whatever the server does.
     * @param {Int16Array | Float32Array | ArrayBuffer | Uint8Array} pcm channels interleaved; bytes are in the
     *   encoding of `start` and may end within a sample
     */
    write(pcm: Int16Array | Float32Array | ArrayBuffer | Uint8Array): void;
    /** No more PCM will come. */
    end(): void;
    /** Stops sound and face at once. */
    cancel(): void;
    /**
     * Visemes of a speech service, for when the server's frames fail.
     * @param {number} time seconds
     * @param {number} id Azure viseme, 0–21
     */
    addViseme(time: number, id: number): void;
    /**
     * A word of a speech service, for whoever listens to `word`.
     * @param {number} time seconds
     * @param {number} duration seconds
     * @param {string} text
     */
    addWord(time: number, duration: number, text: string): void;
}

/** the namespace of `microsoft-cognitiveservices-speech-sdk` */
type Sdk = any;
/** what `POST /v1/azure-token` answers; `host` (ws://…) is a container or an emulator, which needs no token */
type AzureCredentials = {
    token?: string | null;
    region?: string | null;
    host?: string | null;
    expires_in?: number;
};
/** The parts of an Audio2FaceClient that are used here. */
type SpeakingClient = {
    start: (options: {
        sampleRate: number;
    }) => PcmStream;
    on: (event: "cancel", callback: () => void) => unknown;
};
/**
 * Hands a SpeechSynthesizer's sound, visemes and words to an utterance as they are synthesised. The synthesizer
 * must give raw PCM of the utterance's rate and must not play by itself.
 * @param {any} synthesizer a `SpeechSynthesizer` of Microsoft's SDK
 * @param {PcmStream} utterance of `client.start({ sampleRate })`
 * @param {() => void} [onSign] is called with each sign of life
 */
declare function followAzure(synthesizer: any, utterance: PcmStream, onSign?: () => void): void;
/** Lets Azure speak in the browser, with Microsoft's own SDK, and the client play it and move the face. */
declare class AzureSpeaker {
    #private;
    /**
     * @param {SpeakingClient} client
     * @param {Sdk} sdk
     * @param {{getPass: () => AzureCredentials | Promise<AzureCredentials>, voice?: string}} options getPass: asks your server, which asks
     *   `POST /v1/azure-token`, so that no key is in the page; voice: such as "en-US-AvaNeural"
     */
    constructor(client: SpeakingClient, sdk: Sdk, { getPass, voice }: {
        getPass: () => AzureCredentials | Promise<AzureCredentials>;
        voice?: string;
    });
    /**
     * Sentences are synthesised one after another; `client.cancel()` stops the one that is spoken and drops the rest.
     * @param {string | {ssml: string}} words
     * @returns {Promise<Outcome>} after it was heard, or cancelled; rejects with an A2FError where Azure fails
     */
    speak(words: string | {
        ssml: string;
    }): Promise<Outcome>;
    /** Closes the connection to Azure. */
    close(): void;
}

/**
 * Puts a take into the avatar's own GLB, as an animation of the morph targets that the client would move. Meshes,
 * textures and compression stay as they are, byte for byte.
 * @param {Take} take
 * @param {ArrayBuffer | Uint8Array} glb the avatar's file
 * @param {{fps?: number, map?: MorphMap, name?: string}} [options] fps: keys a second; map: as
 *   in `initializeWithScene`; name: of the animation
 * @returns {Uint8Array<ArrayBuffer>} a GLB
 */
declare function bakeTake(take: Take, glb: ArrayBuffer | Uint8Array, { fps, map, name }?: {
    fps?: number;
    map?: MorphMap;
    name?: string;
}): Uint8Array<ArrayBuffer>;

/**
 * Sound that is heard the moment it arrives: a microphone, a remote track. Frames can only come later, so the
 * face follows at a distance that adapts to what the server and the network need.
 */
declare class LiveSink {
    #private;
    startsImmediately: boolean;
    forwardOnly: boolean;
    /** @param {number} sampleRate Hertz */
    constructor(sampleRate: number);
    /** Seconds by which the face follows the sound. */
    get delay(): number;
    get rate(): number;
    start(): void;
    stop(): void;
    /** @param {Float32Array[]} planes */
    write(planes: Float32Array[]): void;
    /** @param {number} duration seconds in all */
    finish(duration: number): void;
    /** @param {number} lookahead of the server, seconds */
    expectLookahead(lookahead: number): void;
    /**
     * The newest frame, just before the next ones replaced it, was this far behind the sound.
     * @param {number} newest seconds of the utterance
     * @param {number} now ms
     */
    observeFrames(newest: number, now: number): void;
    /** @param {number} now ms */
    time(now: number): number;
    /** @param {number} now ms */
    deviceTime(now: number): number;
    /** @param {number} now ms */
    isOver(now: number): boolean;
}

/** A microphone or a remote track that the face follows. Made by `client.listen()`. */
declare class LiveSession {
    #private;
    /** Resolves when sound is being read; rejects with `microphone_failed`. @type {Promise<void>} */
    ready: Promise<void>;
    /**
     * @param {MediaStream} stream
     * @param {{context: AudioContext, platform: Platform}} host
     * @param {PcmStream} pcm
     * @param {LiveSink} sink
     */
    constructor(stream: MediaStream, { context, platform }: {
        context: AudioContext;
        platform: Platform;
    }, pcm: PcmStream, sink: LiveSink);
    get id(): number;
    /** Seconds by which the face follows the sound just now. */
    get delay(): number;
    /** What carried most of it so far. @returns {Rank} */
    get rank(): Rank;
    /** Resolves when the face has shown everything. @returns {Promise<Outcome>} */
    get done(): Promise<Outcome>;
    /** Stops reading; the stream's tracks stay the app's. */
    stop(): void;
    /** Stops reading, and the face at once. */
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
};
/**
 * Puts the blendshapes of an a2f-server on morph targets, in step with the sound that is heard. One client
 * moves one avatar; several clients on a page know nothing of each other.
 */
declare class Audio2FaceClient {
    #private;
    /** The 52 ARKit names in the order of `frame.weights`. */
    static BLENDSHAPES: readonly ("browDownLeft" | "browDownRight" | "browInnerUp" | "browOuterUpLeft" | "browOuterUpRight" | "cheekPuff" | "cheekSquintLeft" | "cheekSquintRight" | "eyeBlinkLeft" | "eyeBlinkRight" | "eyeLookDownLeft" | "eyeLookDownRight" | "eyeLookInLeft" | "eyeLookInRight" | "eyeLookOutLeft" | "eyeLookOutRight" | "eyeLookUpLeft" | "eyeLookUpRight" | "eyeSquintLeft" | "eyeSquintRight" | "eyeWideLeft" | "eyeWideRight" | "jawForward" | "jawLeft" | "jawOpen" | "jawRight" | "mouthClose" | "mouthDimpleLeft" | "mouthDimpleRight" | "mouthFrownLeft" | "mouthFrownRight" | "mouthFunnel" | "mouthLeft" | "mouthLowerDownLeft" | "mouthLowerDownRight" | "mouthPressLeft" | "mouthPressRight" | "mouthPucker" | "mouthRight" | "mouthRollLower" | "mouthRollUpper" | "mouthShrugLower" | "mouthShrugUpper" | "mouthSmileLeft" | "mouthSmileRight" | "mouthStretchLeft" | "mouthStretchRight" | "mouthUpperUpLeft" | "mouthUpperUpRight" | "noseSneerLeft" | "noseSneerRight" | "tongueOut")[] & StringLookup;
    static A2FError: typeof A2FError;
    static AzureSpeaker: typeof AzureSpeaker;
    static followAzure: typeof followAzure;
    static bakeTake: typeof bakeTake;
    /**
     * @param {string | null} [serverUrl] http(s):// or ws(s)://, perhaps with a path; default: the page's origin
     * @param {Partial<Settings & Platform>} [options]
     */
    constructor(serverUrl?: string | null, options?: Partial<Settings & Platform>);
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
     * @param {{map?: MorphMap}} [options] map: ARKit name → the mesh's own target(s)
     * @returns {boolean} whether anything will move
     */
    initializeWithScene(target: unknown, { map }?: {
        map?: MorphMap;
    }): boolean;
    /** What is bound, and what the meshes lack. @returns {BindingReport | null} */
    get binding(): BindingReport | null;
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
    /** What was spoken last, or is being spoken, with `keepTake`. @returns {Take | null} */
    get take(): Take | null;
    /**
     * Shows a take once more, without the server: the face follows an element that plays its sound, also where that
     * is paused or sought. While it is paused it gives way to whatever is to be spoken next.
     * @param {Take} take which is complete
     * @param {HTMLMediaElement} element with the take's sound, such as `take.wav()`; the app starts it
     * @returns {Promise<Outcome>} after the element has come to its end, or cancelled
     */
    replay(take: Take, element: HTMLMediaElement): Promise<Outcome>;
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
     * @param {Emotions | null} expression name → 0–1; null or {}: none
     * @returns {Promise<boolean>} whether something of it is shown; false also where the table cannot be had, which
     *   is an `error` of code no_expressions
     */
    setExpression(expression: Emotions | null): Promise<boolean>;
    /**
     * Asks the server to animate with these emotions, so that its model and its motion feel them: blended in, also
     * while speaking, from the frames on that were not yet made. For a change that is seen at once: {@link setExpression}.
     * @param {Emotions | null} emotions name → 0–1
     */
    setEmotions(emotions: Emotions | null): void;
    /** Lets sound out; call it in a click or a key press. Also done by itself in the first of them. */
    unlock(): Promise<void>;
    /** One render tick, for apps with their own loop (`autoUpdate: false`). Call it before rendering. */
    update(): void;
    /** Where everything stands, as plain JSON. */
    getDebugState(): {
        connection: ConnectionState;
        server: any;
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
            advice: string;
            found: number;
        } | null;
    };
    /** Frees everything; morphs go back to 0. The client cannot be used again. */
    dispose(): void;
}

export { A2FError, Audio2FaceClient, AzureSpeaker, BLENDSHAPES, bakeTake, Audio2FaceClient as default, followAzure };
export type { LiveSession, PcmStream, Take, PcmStream as Utterance };
export type { BindingReport, BlendshapeName, EmotionName, Emotions, ErrorCode, ErrorReason, Events, FallbackReason, FrameEvent, LifeOptions, MorphMap, Outcome, Platform, Rank, Settings, TakeFrames };
