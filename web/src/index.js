export { BLENDSHAPES } from "./arkit.js";
export { Audio2FaceClient, Audio2FaceClient as default } from "./client.js";
export { A2FError } from "./errors.js";
export { bakeTake } from "./take/bake.js";
export { AzureSpeaker, followAzure } from "./visemes/azure.js";
/**
 * @typedef {import("./types.js").BindingReport} BindingReport
 * @typedef {import("./types.js").Events} Events
 * @typedef {import("./types.js").FrameEvent} FrameEvent
 * @typedef {import("./types.js").LifeOptions} LifeOptions
 * @typedef {import("./types.js").MorphMap} MorphMap
 * @typedef {import("./types.js").Outcome} Outcome
 * @typedef {import("./types.js").Platform} Platform
 * @typedef {import("./types.js").Rank} Rank
 * @typedef {import("./types.js").Settings} Settings
 * @typedef {import("./sound/live_session.js").LiveSession} LiveSession
 * @typedef {import("./take/take.js").Take} Take
 * @typedef {import("./take/take.js").TakeFrames} TakeFrames
 * @typedef {import("./speech/utterance.js").Utterance} Utterance
 */
