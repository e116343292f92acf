import { Audio2FaceClient } from "audio2face-client";

/** Makes an avatar say the sound of `response`: 16-bit PCM at 24 kHz, as it arrives. Returns what was heard. */
export async function say(face, response) {
  const speech = face.start({ sampleRate: 24000 });
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    speech.write(value);
  }
  speech.end();
  return speech.done;
}

/** Returns the face of an avatar. `face.cancel()` interrupts it. */
export function createFace(avatar, camera) {
  const face = new Audio2FaceClient("http://127.0.0.1:8000", { life: { camera } });
  face.initializeWithScene(avatar);
  return face;
}
