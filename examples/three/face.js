import { Audio2FaceClient } from "audio2face-client";

/** Makes an avatar talk: any object with morph targets, once it is loaded. */
export function createFace(avatar, camera) {
  const face = new Audio2FaceClient("http://127.0.0.1:8000", { life: { camera } });
  if (!face.initializeWithScene(avatar)) console.warn(face.binding.advice);
  face.on("error", ({ message }) => console.warn(message));
  return face;
}

/** Plays an audio file with the face in sync. */
export async function playFile(face, file, audio) {
  audio.src = URL.createObjectURL(file);
  await face.processAndAnimate(file, audio);
  URL.revokeObjectURL(audio.src);
}
