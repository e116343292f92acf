import { Audio2FaceClient } from "audio2face-client";

/** Makes a VRM talk. Call `face.update()` in your render loop, before `vrm.update(delta)`. */
export function createFace(vrm, camera) {
  const face = new Audio2FaceClient("http://127.0.0.1:8000", { life: { camera }, autoUpdate: false });
  face.initializeWithScene(vrm);
  return face;
}
