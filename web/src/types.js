/**
 * The shapes of what passes between the modules, and of what the client's users pass in and get.
 *
 * @typedef {"server" | "viseme" | "loudness" | "neutral"} Rank Where the face comes from, best first.
 *
 * @typedef {object} Source One way of knowing the face at an instant.
 * @property {Rank} rank
 * @property {(time: number) => number} ahead seconds of data beyond an instant; see {@link Timeline#ahead}
 * @property {(time: number, out: Float32Array, smoothing: number) => void} sample
 *
 * @typedef {object} Voice How an utterance is heard, and therefore what its clock is.
 * @property {() => void} begin lets the sound start
 * @property {(planes: Float32Array[]) => void} [write] takes PCM, where the voice plays it
 * @property {(duration: number) => void} [finish] no more PCM; seconds in all
 * @property {(sampleRate: number) => void} [speakAt] is told the rate of the PCM, where only the server knows it
 * @property {() => void} stop ends the sound at once
 * @property {(now: number) => number} time seconds of the utterance being heard
 * @property {number} rate the speed of that time; 0 while it stands still
 * @property {(now: number) => boolean} over everything has been heard
 * @property {number} [underruns] how often the sound ran dry
 * @property {A2FError | null} [failure] why it ended early
 * @property {(lookahead: number) => void} [expect] is told what the server needs, in seconds
 * @property {(newest: number, now: number) => void} [observe] is told how far the frames are, as they come
 * @property {boolean} [forgets] nobody can go back in it
 * @property {boolean} [immediate] its sound does not wait for the first frames
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
 * @property {Record<string, number> | null} emotions name → 0–1
 * @property {number} patience ms that sound waits for the first frames
 * @property {boolean} autoUpdate false: the app calls `update()` from its render loop
 * @property {AudioContext | null} audioContext one that the app owns; else the client makes its own
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
 *
 * @typedef {object} MorphMesh Anything with Three.js morph targets; three itself is not needed.
 * @property {Record<string, number>} [morphTargetDictionary]
 * @property {number[]} [morphTargetInfluences]
 * @property {string} [name]
 * @property {(visit: (object: any) => void) => void} [traverse]
 *
 * @typedef {Record<string, string | string[] | null>} MorphMap ARKit name → the mesh's target(s); null: leave it.
 *
 * @typedef {object} BindingReport
 * @property {string[]} found ARKit shapes that move something
 * @property {string[]} missing ARKit shapes that nothing on the meshes shows
 * @property {number} meshes
 * @property {string[]} schemes how the targets are named: "arkit", "pascal", "side-suffix", "prefixed", "other",
 *   "mapped", "visemes", "simple"
 *
 * @typedef {object} Outcome What became of an utterance.
 * @property {number} utterance
 * @property {number} frames that the server sent
 * @property {number} duration seconds of sound
 * @property {Rank} rank that carried most of it
 * @property {boolean} cancelled
 *
 * @typedef {object} FrameEvent One object and one array, reused from tick to tick: copy what you keep.
 * @property {number} utterance
 * @property {number} time seconds of the utterance that this face belongs to
 * @property {Float32Array} weights 52 values of 0–1 in the order of BLENDSHAPES
 * @property {Rank} rank
 *
 * @typedef {object} Events
 * @property {{processing: boolean, utterance: number}} processing the server is at work on an utterance
 * @property {FrameEvent} frame once a render tick while speaking
 * @property {{code: string, message: string, fatal: boolean, utterance?: number}} error
 * @property {{speaking: boolean, utterance: number}} speaking sound begins, sound is over
 * @property {{from: Rank, to: Rank, reason: string}} rank
 * @property {{state: ConnectionState}} connection
 * @property {{utterance: number, fps: number, lookahead: number}} started the server took it
 * @property {Outcome} end
 * @property {{}} cancel everything was cancelled, what had not begun included
 * @property {{utterance: number, time: number, id: number}} viseme as it becomes known: Azure viseme from `time` (s) on
 * @property {{utterance: number, time: number, duration: number, text: string}} word as it becomes known
 * @property {BindingReport} bound
 *
 * @typedef {"idle" | "connecting" | "ready" | "waiting" | "failed" | "closed"} ConnectionState
 * @typedef {import("./errors.js").A2FError} A2FError
 */
export {};
