export { BLENDSHAPES } from "./arkit.js";
export { AzureSpeaker, followAzure } from "./azure_speaker.js";
export { Audio2FaceClient, Audio2FaceClient as default } from "./client.js";
export { A2FError } from "./errors.js";
export { bakeTake } from "./recording/bake.js";
/**
 * @typedef {import("./avatar/advice.js").BindingProblem} BindingProblem
 * @typedef {import("./types.js").BindingReport} BindingReport
 * @typedef {import("./arkit.js").BlendshapeName} BlendshapeName
 * @typedef {import("./types.js").EmotionName} EmotionName
 * @typedef {import("./types.js").Emotions} Emotions
 * @typedef {import("./errors.js").ErrorCode} ErrorCode
 * @typedef {import("./errors.js").ErrorReason} ErrorReason
 * @typedef {import("./errors.js").ErrorScope} ErrorScope
 * @typedef {import("./types.js").Events} Events
 * @typedef {import("./fallback.js").FallbackReason} FallbackReason
 * @typedef {import("./types.js").FrameEvent} FrameEvent
 * @typedef {import("./types.js").LifeOptions} LifeOptions
 * @typedef {import("./types.js").MorphMap} MorphMap
 * @typedef {import("./types.js").NetworkOptions} NetworkOptions
 * @typedef {import("./types.js").Outcome} Outcome
 * @typedef {import("./types.js").Platform} Platform
 * @typedef {import("./types.js").Rank} Rank
 * @typedef {import("./types.js").Settings} Settings
 * @typedef {import("./types.js").Word} Word
 * @typedef {import("./utterance/live_session.js").LiveSession} LiveSession
 * @typedef {import("./recording/take.js").Take} Take
 * @typedef {import("./types.js").TakeFrames} TakeFrames
 * @typedef {import("./utterance/pcm_stream.js").PcmStream} PcmStream
 * @typedef {import("./utterance/pcm_stream.js").PcmStream} Utterance earlier name of PcmStream
 */
