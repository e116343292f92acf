import { Audio2FaceClient } from "audio2face-client";

/** Moves the face of a TalkingHead after `head.showAvatar()`. Its moods, gestures and blinks go on as before. */
export function createFace(head) {
  const face = new Audio2FaceClient("http://127.0.0.1:8000", { autoUpdate: false });
  face.initializeWithScene(head.armature);
  head.opt.update = () => face.update(); // after TalkingHead's own animation, before it draws
  return face;
}
