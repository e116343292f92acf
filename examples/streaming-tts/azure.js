import { AzureSpeaker } from "audio2face-client";

/**
 * Speaks with Azure's SDK in the browser, also while a2f-server is away: then Azure's visemes move the mouth.
 * `getPass` returns { token, region } from your server (POST /v1/azure-token), or { host } of a container.
 */
export function createAzure(face, getPass) {
  const speaker = new AzureSpeaker(face, window.SpeechSDK, { getPass, voice: "en-US-AvaNeural" });
  return (text) => speaker.speak(text); // face.cancel() interrupts it
}
