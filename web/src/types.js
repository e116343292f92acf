/**
 * @import { BlendshapeName, StringLookup } from "./arkit.js"
 * @import { BindingProblem } from "./avatar/advice.js"
 * @import { A2FError, ErrorCode, ErrorReason, ErrorScope } from "./errors.js"
 * @import { FallbackReason } from "./fallback.js"
 * @import { Take } from "./recording/take.js"
 */

/**
 * Types that modules share and that users of the client see.
 * @typedef {"server" | "network" | "viseme" | "loudness" | "neutral"} Rank Source of the animation, best first: server
 *   frames, the network in the page, visemes, loudness, none.
 *
 * @typedef {"amazement" | "anger" | "cheekiness" | "disgust" | "fear" | "grief" | "joy" | "outofbreath" | "pain"
 *   | "sadness"} EmotionName
 *
 * @typedef {Partial<Record<EmotionName, number>>} Emotions Strength of each emotion, 0–1; missing ones are 0.
 *
 * @typedef {object} Source Provides the face at any instant of an utterance.
 * @property {Rank} rank
 * @property {(time: number) => number} ahead seconds of data after an instant; see {@link FrameTrack#ahead}
 * @property {(time: number, out: Float32Array, smoothing: number) => void} sample
 * @property {boolean} [writesVisemes] writes a full face; otherwise the visemes are derived from the 52
 *   shapes
 *
 * @typedef {"ample" | "low" | "stalled"} Supply How much audio there is ahead of the playback position: enough, too
 *   little for the server's look-ahead, or none, so that there is silence in the middle of an utterance.
 *
 * @typedef {object} AudioSink Plays the audio of an utterance, or follows its playback elsewhere, and is its
 *   clock.
 * @property {() => void} start starts playback
 * @property {(planes: Float32Array[]) => void} [write] receives PCM, one array per channel
 * @property {(duration: number) => void} [finish] no more PCM will come; total duration in seconds
 * @property {(sampleRate: number) => void} [setSampleRate] sets the sample rate of the PCM, if only the
 *   server knows it
 * @property {() => void} stop stops playback immediately
 * @property {(now: number) => number} time playback position in seconds of the utterance
 * @property {(now: number) => number} [deviceTime] playback position as reported by the audio device; NaN
 *   while nothing is played
 * @property {number} rate speed of the playback position; 0 while it does not move
 * @property {(now: number) => boolean} isOver true when everything has been played
 * @property {number} [underruns] number of buffer underruns
 * @property {A2FError | null} [failure] why playback ended early
 * @property {(lookahead: number) => void} [expectLookahead] receives the server's look-ahead in seconds
 * @property {(newest: number, now: number) => void} [observeFrames] receives the time of the newest frame
 *   whenever frames arrive
 * @property {boolean} [isBuffered] there is enough audio to start playback
 * @property {() => Supply} [supply] whether the audio keeps coming, at the position that `time` returned last
 * @property {boolean} [forwardOnly] playback cannot be rewound
 * @property {boolean} [startsImmediately] playback does not wait for the first frames
 * @property {boolean} [isPaused] paused by the app; ends if another utterance is waiting
 *
 * @typedef {object} Settings Settings for `configure`, where every field is optional.
 * @property {string | null | false} serverUrl http(s):// or ws(s)://, with or without a path; default: the page's
 *   origin; false: no server is asked for anything
 * @property {boolean | string | NetworkOptions} network the built-in model in the page, which animates if there is no server or
 *   its frames are late. true: as the server provides it; otherwise the address of `network.bin`; default: false. It is
 *   loaded (3.6 MB) with the first audio
 * @property {number} intensity 0.1–2, multiplies all shapes except blinks and gaze
 * @property {Partial<Record<BlendshapeName, number>> | null} gain ARKit name → 0–2, scales individual speech shapes, for
 *   avatars that show one too strongly or too weakly
 * @property {number} offset seconds, −1 to 1, by which audio is heard later than the browser reports, as with some
 *   Bluetooth headphones; the face is delayed equally
 * @property {number} smoothing 0–1; symmetric in time, so it adds no lag; 1 averages about 130 ms to each
 *   side
 * @property {boolean} useWebSocket false: send whole files over HTTP (`POST /v1/animate`)
 * @property {string | null} apiToken a short-lived token (`POST /v1/token`), never the server's key
 * @property {(() => string | Promise<string>) | null} getToken provides a token before each connection
 * @property {number | null} fps 10–60; null: the server's default
 * @property {string | null} profile a motion profile listed in `ready.profiles`
 * @property {number | null} seed uint32; the same seed and audio give the same animation
 * @property {string | null} backend a backend listed in `ready.backends`
 * @property {"server" | "viseme"} lipSync source of mouth movement. "server": the best source available,
 *   server frames first; "viseme": visemes of the speech service, then loudness; server frames move only eyes
 *   and brows
 * @property {Emotions | null} emotions name → 0–1; emotions that the server animates the next utterance with
 * @property {boolean | LifeOptions} life idle animation: blinking, breathing, eye movements and nods, also
 *   between utterances; default: false. Disabled if the visitor prefers reduced motion
 * @property {number} patience milliseconds that playback waits for the first frames
 * @property {number | "adaptive"} buffer seconds of audio, 0–10, that must have arrived before the client plays a
 *   stream or the server's speech. "adaptive" starts with 0, grows after late audio and shrinks slowly
 * @property {boolean} autoUpdate false: the app calls `update()` in its render loop
 * @property {AudioContext | null} audioContext an AudioContext of the app; by default the client creates one
 * @property {boolean} keepTake records utterances as `take`, for replay and export; uses about 60 kB per
 *   second of audio
 *
 * @typedef {object} NetworkOptions
 * @property {string} [url] address of `network.bin`; default: that of the server
 * @property {string} [worker] address of `network-worker.js`, on the page's own origin, for pages whose policy forbids workers
 *   from a Blob
 *
 * @typedef {object} LifeOptions
 * @property {{matrixWorld: {elements: ArrayLike<number>}} | null} [camera] target of eye contact; default:
 *   straight ahead
 * @property {boolean} [head] false: head, neck and chest are left to the app
 *
 * @typedef {object} Platform Browser APIs. Each can be replaced, for tests and unusual environments.
 * @property {typeof WebSocket | undefined} WebSocket
 * @property {typeof AudioContext | undefined} AudioContext
 * @property {typeof OfflineAudioContext | undefined} OfflineAudioContext
 * @property {typeof AudioWorkletNode | undefined} AudioWorkletNode
 * @property {typeof MediaStream | undefined} MediaStream
 * @property {typeof fetch | undefined} fetch
 * @property {typeof Worker | undefined} Worker
 * @property {() => number} now milliseconds, monotonic
 * @property {(callback: (now: number) => void) => any} requestAnimationFrame
 * @property {(handle: any) => void} cancelAnimationFrame
 * @property {(callback: () => void, ms: number) => any} setTimeout
 * @property {(handle: any) => void} clearTimeout
 * @property {() => number} random 0–1
 * @property {Document | undefined} document
 * @property {typeof matchMedia | undefined} matchMedia
 * @property {EventTarget | undefined} window for events of the page and of the network
 *
 * @typedef {object} MorphMesh An object with Three.js morph targets. Three.js itself is not required.
 * @property {Record<string, number>} [morphTargetDictionary]
 * @property {number[]} [morphTargetInfluences]
 * @property {string} [name]
 * @property {(visit: (object: any) => void) => void} [traverse]
 * @property {{morphTargetsRelative?: boolean, morphAttributes?: {position?: AttributeLike[], color?: AttributeLike[]},
 *   attributes?: {position?: AttributeLike}}} [geometry]
 *
 * @typedef {object} AttributeLike
 * @property {number} count
 * @property {(index: number) => number} getX
 * @property {(index: number) => number} getY
 * @property {(index: number) => number} getZ
 *
 * @typedef {Partial<Record<BlendshapeName, string | string[] | null>>} MorphMap ARKit name → morph target(s)
 *   of the mesh, or expressions of a VRM; null: do not move this shape.
 *
 * @typedef {object} BoneLike A Three.js bone.
 * @property {string} name
 * @property {{x: number, y: number, z: number, w: number}} quaternion
 * @property {{matrixWorld: {elements: ArrayLike<number>}} | null} [parent]
 * @property {{elements: ArrayLike<number>}} [matrixWorld]
 * @property {(parents: boolean, children: boolean) => void} [updateWorldMatrix]
 *
 * @typedef {object} VrmLike A VRM loaded by `@pixiv/three-vrm`, as far as the client uses it.
 * @property {any} scene
 * @property {{getNormalizedBoneNode(name: string): BoneLike | null}} humanoid
 * @property {ExpressionManagerLike} [expressionManager]
 * @property {LookAtLike} [lookAt]
 *
 * @typedef {object} ExpressionManagerLike
 * @property {Record<string, ExpressionLike>} expressionMap
 * @property {(name: string, weight: number) => void} setValue
 *
 * @typedef {object} ExpressionLike
 * @property {number} [weight]
 * @property {boolean} isBinary takes only 0 or 1; switches at 0.5
 * @property {readonly unknown[]} binds what it moves
 * @property {string} overrideMouth "none", "block" or "blend"
 * @property {string} overrideBlink
 *
 * @typedef {object} LookAtLike
 * @property {number} yaw degrees to the character's left
 * @property {number} pitch degrees down
 * @property {unknown} [target] look-at target set by the app
 * @property {{expressions?: unknown}} applier
 *
 * @typedef {object} BindingReport
 * @property {BlendshapeName[] & StringLookup} found ARKit shapes that the avatar can show
 * @property {BlendshapeName[] & StringLookup} missing ARKit shapes that the avatar cannot show
 * @property {number} meshes
 * @property {string[]} schemes naming schemes of the morph targets: "arkit", "pascal", "side-suffix",
 *   "prefixed", "suffixed", "other", "mapped", "visemes", "simple"; or other mechanisms: "vrm" (presets), "look-at" (of a
 *   VRM), "jaw-bone", "eye-bones"
 * @property {BindingProblem | null} problem the reason why nothing moves the mouth: there is no mesh, the meshes have no morph
 *   targets, these have no names, are all empty, or have unknown names; null if something moves it, and for a VRM
 * @property {string} advice what cannot move and how to fix it; empty if nothing is missing
 *
 * @typedef {object} Outcome Result of an utterance.
 * @property {number} utterance
 * @property {number} frames received from the server
 * @property {number} duration seconds of audio
 * @property {Rank} rank the source that was used most
 * @property {boolean} cancelled
 * @property {number} heard seconds of the audio that reached the loudspeaker; for an element or a clock of the
 *   app, its position
 * @property {Word | null} word the last word that began by then; null if none did or words are unknown
 * @property {"server" | "browser" | null} decodedBy which of them decoded the audio file that the frames were made from; null
 *   if there was no file or there were no frames
 * @property {string | null} warning the server's warning about the audio, for example that its channels cancel each other
 *
 * @typedef {object} Word
 * @property {number} time seconds of the utterance
 * @property {number} duration seconds
 * @property {string} text
 *
 * @typedef {object} TakeFrames The animation of a take at a fixed frame rate.
 * @property {number} fps
 * @property {number} count
 * @property {Float32Array} weights count × 52, in the order of BLENDSHAPES
 * @property {Rank[]} ranks source of each frame
 *
 * @typedef {object} FrameEvent The object and its array are reused on every tick; copy what you keep.
 * @property {number} utterance
 * @property {number} time position in the utterance that this face was computed for, seconds
 * @property {number} heard playback position as reported by the audio device, seconds; NaN while nothing is
 *   played or if it is unknown
 * @property {Float32Array} weights 52 values, 0–1, in the order of BLENDSHAPES
 * @property {Rank} rank
 *
 * @typedef {object} Events
 * @property {{processing: boolean, utterance: number}} processing the server starts or stops working on an
 *   utterance
 * @property {FrameEvent} frame on every animation tick of an utterance
 * @property {{code: ErrorCode, message: string, fatal: boolean, reason?: ErrorReason, scope?: ErrorScope, utterance?: number}} error
 *   reason: for the codes `busy` and `unauthorized`, if the server sends one
 * @property {{speaking: boolean, utterance: number}} speaking playback starts or ends
 * @property {{from: Rank, to: Rank, reason: FallbackReason | ErrorCode}} rank
 * @property {{state: ConnectionState}} connection
 * @property {{utterance: number, fps: number, lookahead: number}} started the server accepted the utterance
 * @property {Outcome} end
 * @property {{}} cancel `cancel()` was called; queued utterances are dropped too
 * @property {{utterance: number, time: number, id: number, phonemes?: string}} viseme as soon as it is known: Azure viseme
 *   from `time` (seconds) on, and the phonemes that it stands for in IPA, if the voice tells them
 * @property {{utterance: number, time: number, duration: number, text: string}} word as soon as it is known
 * @property {{utterance: number, time: number, name: string}} bookmark playback reaches a `<bookmark>` of the SSML
 * @property {BindingReport} bound
 * @property {{state: "interrupted" | "running"}} audio the system stopped the AudioContext (a call, another app), or
 *   it runs again
 * @property {{take: Take}} take with `keepTake`: when recording starts, and again when the take is complete
 *
 * @typedef {"idle" | "connecting" | "ready" | "waiting" | "failed" | "closed"} ConnectionState
 */
export {};
