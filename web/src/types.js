/**
 * @import { BlendshapeName, StringLookup } from "./arkit.js"
 * @import { A2FError, ErrorCode, ErrorReason } from "./errors.js"
 * @import { FallbackReason } from "./fallback.js"
 * @import { Take } from "./recording/take.js"
 */

/**
 * The shapes of what passes between the modules, and of what the client's users pass in and get.
 *
 * @typedef {"server" | "viseme" | "loudness" | "neutral"} Rank Where the face comes from, best first.
 *
 * @typedef {"amazement" | "anger" | "cheekiness" | "disgust" | "fear" | "grief" | "joy" | "outofbreath" | "pain"
 *   | "sadness"} EmotionName
 *
 * @typedef {Partial<Record<EmotionName, number>>} Emotions Strength of each emotion, 0–1; missing ones are 0.
 *
 * @typedef {object} Source One way of knowing the face at an instant.
 * @property {Rank} rank
 * @property {(time: number) => number} ahead seconds of data beyond an instant; see {@link FrameTrack#ahead}
 * @property {(time: number, out: Float32Array, smoothing: number) => void} sample
 * @property {boolean} [writesVisemes] it writes a whole face; else the visemes follow from the 52
 *
 * @typedef {object} AudioSink How an utterance is heard, and therefore what its clock is.
 * @property {() => void} start lets the sound start
 * @property {(planes: Float32Array[]) => void} [write] takes PCM, where the voice plays it
 * @property {(duration: number) => void} [finish] no more PCM; seconds in all
 * @property {(sampleRate: number) => void} [setSampleRate] is told the rate of the PCM, where only the server knows it
 * @property {() => void} stop ends the sound at once
 * @property {(now: number) => number} time seconds of the utterance being heard
 * @property {(now: number) => number} [heard] the same as the sound's own device reports it; NaN while nothing is heard
 * @property {number} rate the speed of that time; 0 while it stands still
 * @property {(now: number) => boolean} isOver everything has been heard
 * @property {number} [underruns] how often the sound ran dry
 * @property {A2FError | null} [failure] why it ended early
 * @property {(lookahead: number) => void} [expectLookahead] is told what the server needs, in seconds
 * @property {(newest: number, now: number) => void} [observeFrames] is told how far the frames are, as they come
 * @property {boolean} [forwardOnly] nobody can go back in it
 * @property {boolean} [startsImmediately] its sound does not wait for the first frames
 * @property {boolean} [isPaused] it stands still as long as the app likes, so it gives way to whoever waits
 *
 * @typedef {object} Settings What `configure` takes; every field is optional there.
 * @property {string | null} serverUrl http(s):// or ws(s)://, with or without a path; default: the page's origin
 * @property {number} intensity 0.1–2, multiplies all shapes but lids and gaze
 * @property {number} smoothing 0–1, symmetric over the timeline, so without lag; 1 is about 130 ms to each side
 * @property {boolean} useWebSocket false: whole files over HTTP (`POST /v1/animate`)
 * @property {string | null} apiToken short-lived token (`POST /v1/token`), never the server's key
 * @property {(() => string | Promise<string>) | null} getToken asked for a token before each connection
 * @property {number | null} fps 10–60; null: the server's
 * @property {string | null} profile a motion pipeline that `ready.profiles` lists
 * @property {number | null} seed uint32; the same seed and audio give the same face
 * @property {string | null} backend one that `ready.backends` lists
 * @property {"server" | "viseme"} lipSync what moves the mouth: "server": the best there is, the server's frames first;
 *   "viseme": the visemes of the speech service, then loudness, and of the server's frames only eyes and brows
 * @property {Emotions | null} emotions name → 0–1: how the server is to animate the next utterance
 * @property {boolean | LifeOptions} life the face blinks, breathes, looks about and nods by itself, also while nobody
 *   speaks; default: false. Never where the visitor prefers reduced motion
 * @property {number} patience ms that sound waits for the first frames
 * @property {boolean} autoUpdate false: the app calls `update()` from its render loop
 * @property {AudioContext | null} audioContext one that the app owns; else the client makes its own
 * @property {boolean} keepTake what is spoken is kept as `take`, to be shown, replayed and exported; costs some
 *   60 kB a second of sound
 *
 * @typedef {object} LifeOptions
 * @property {{matrixWorld: {elements: ArrayLike<number>}} | null} [camera] what the eyes look at; else straight ahead
 * @property {boolean} [head] false: head, neck and chest are left to the app
 *
 * @typedef {object} Platform What the browser gives; each can be replaced, for tests and odd hosts.
 * @property {typeof WebSocket | undefined} WebSocket
 * @property {typeof AudioContext | undefined} AudioContext
 * @property {typeof OfflineAudioContext | undefined} OfflineAudioContext
 * @property {typeof AudioWorkletNode | undefined} AudioWorkletNode
 * @property {typeof fetch | undefined} fetch
 * @property {() => number} now ms, monotonic
 * @property {(callback: (now: number) => void) => any} requestAnimationFrame
 * @property {(handle: any) => void} cancelAnimationFrame
 * @property {(callback: () => void, ms: number) => any} setTimeout
 * @property {(handle: any) => void} clearTimeout
 * @property {() => number} random 0–1
 * @property {Document | undefined} document
 * @property {typeof matchMedia | undefined} matchMedia
 *
 * @typedef {object} MorphMesh Anything with Three.js morph targets; three itself is not needed.
 * @property {Record<string, number>} [morphTargetDictionary]
 * @property {number[]} [morphTargetInfluences]
 * @property {string} [name]
 * @property {(visit: (object: any) => void) => void} [traverse]
 * @property {{morphTargetsRelative?: boolean, morphAttributes?: {position?: AttributeLike[]},
 *   attributes?: {position?: AttributeLike}}} [geometry]
 *
 * @typedef {object} AttributeLike
 * @property {number} count
 * @property {(index: number) => number} getX
 * @property {(index: number) => number} getY
 * @property {(index: number) => number} getZ
 *
 * @typedef {Partial<Record<BlendshapeName, string | string[] | null>>} MorphMap ARKit name → the mesh's target(s), or expressions of a
 *   VRM; null: leave it.
 *
 * @typedef {object} BoneLike A bone as Three.js has it.
 * @property {string} name
 * @property {{x: number, y: number, z: number, w: number}} quaternion
 * @property {{matrixWorld: {elements: ArrayLike<number>}} | null} [parent]
 * @property {{elements: ArrayLike<number>}} [matrixWorld]
 * @property {(parents: boolean, children: boolean) => void} [updateWorldMatrix]
 *
 * @typedef {object} VrmLike What `@pixiv/three-vrm` makes of a VRM file, as far as the client uses it.
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
 * @property {boolean} isBinary it is 0 or 1, and flips at 0.5
 * @property {readonly unknown[]} binds what it moves
 * @property {string} overrideMouth "none", "block", "blend"
 * @property {string} overrideBlink
 *
 * @typedef {object} LookAtLike
 * @property {number} yaw degrees to the character's left
 * @property {number} pitch degrees down
 * @property {unknown} [target] what the app lets it look at
 * @property {{expressions?: unknown}} applier
 *
 * @typedef {object} BindingReport
 * @property {BlendshapeName[] & StringLookup} found ARKit shapes that move something
 * @property {BlendshapeName[] & StringLookup} missing ARKit shapes that nothing on the meshes shows
 * @property {number} meshes
 * @property {string[]} schemes how the targets are named: "arkit", "pascal", "side-suffix", "prefixed", "other",
 *   "mapped", "visemes", "simple"; or what else moves: "vrm" (its presets), "look-at" (a VRM's), "jaw-bone", "eye-bones"
 * @property {string} advice what cannot move, and what to do about it, in sentences; empty when nothing is missing
 *
 * @typedef {object} Outcome What became of an utterance.
 * @property {number} utterance
 * @property {number} frames that the server sent
 * @property {number} duration seconds of sound
 * @property {Rank} rank that carried most of it
 * @property {boolean} cancelled
 *
 * @typedef {object} TakeFrames The animation of a take at a fixed frame rate.
 * @property {number} fps
 * @property {number} count
 * @property {Float32Array} weights count × 52, in the order of BLENDSHAPES
 * @property {Rank[]} ranks the source of each frame
 *
 * @typedef {object} FrameEvent One object and one array, reused from tick to tick: copy what you keep.
 * @property {number} utterance
 * @property {number} time seconds of the utterance that this face belongs to
 * @property {number} heard seconds of the utterance that are heard, as the sound's own device reports it; NaN where
 *   nothing is heard or nobody can tell
 * @property {Float32Array} weights 52 values of 0–1 in the order of BLENDSHAPES
 * @property {Rank} rank
 *
 * @typedef {object} Events
 * @property {{processing: boolean, utterance: number}} processing the server is at work on an utterance
 * @property {FrameEvent} frame once a render tick while speaking
 * @property {{code: ErrorCode, message: string, fatal: boolean, reason?: ErrorReason, utterance?: number}} error
 *   reason: with code `busy`, if the server gives one
 * @property {{speaking: boolean, utterance: number}} speaking sound begins, sound is over
 * @property {{from: Rank, to: Rank, reason: FallbackReason | ErrorCode}} rank
 * @property {{state: ConnectionState}} connection
 * @property {{utterance: number, fps: number, lookahead: number}} started the server took it
 * @property {Outcome} end
 * @property {{}} cancel everything was cancelled, what had not begun included
 * @property {{utterance: number, time: number, id: number}} viseme as it becomes known: Azure viseme from `time` (s) on
 * @property {{utterance: number, time: number, duration: number, text: string}} word as it becomes known
 * @property {BindingReport} bound
 * @property {{take: Take}} take with `keepTake`: one begins, and, `complete`, it has ended
 *
 * @typedef {"idle" | "connecting" | "ready" | "waiting" | "failed" | "closed"} ConnectionState
 */
export {};
