export { elevenLabs } from "./eleven_labs.js";
export { liveKit } from "./live_kit.js";
export { followStream, mediaStream } from "./media_stream.js";
export { followRealtime, openAIRealtime } from "./openai_realtime.js";
export { vapi } from "./vapi.js";
/**
 * @typedef {import("./source.js").VoiceSession} VoiceSession
 * @typedef {import("./source.js").VoiceSource} VoiceSource
 * @typedef {import("./source.js").VoiceHost} VoiceHost
 * @typedef {import("./eleven_labs.js").ElevenLabsOptions} ElevenLabsOptions
 * @typedef {import("./eleven_labs.js").ElevenLabsSession} ElevenLabsSession
 * @typedef {import("./live_kit.js").LiveKitOptions} LiveKitOptions
 * @typedef {import("./live_kit.js").LiveKitSession} LiveKitSession
 * @typedef {import("./openai_realtime.js").OpenAIRealtimeOptions} OpenAIRealtimeOptions
 * @typedef {import("./openai_realtime.js").OpenAIRealtimeSession} OpenAIRealtimeSession
 * @typedef {import("./vapi.js").VapiOptions} VapiOptions
 * @typedef {import("./vapi.js").VapiSession} VapiSession
 */
