export * from "../sources/index.js";
export { AvatarCanvas } from "./avatar_canvas.js";
export { TalkingAvatar } from "./talking_avatar.js";
export { useFace } from "./use_face.js";
export { useMediaStream, useSource } from "./use_source.js";
/**
 * @typedef {import("./avatar_canvas.js").AvatarCanvasProps} AvatarCanvasProps
 * @typedef {import("./face_store.js").Face} Face
 * @typedef {import("./face_store.js").FaceOptions} FaceOptions
 * @typedef {import("./source_call.js").CallState} CallState
 * @typedef {import("./talking_avatar.js").TalkingAvatarProps} TalkingAvatarProps
 * @typedef {import("./use_source.js").SourceState} SourceState
 */
