const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Speaks with ElevenLabs' streaming WebSocket, or a service with its messages. `face.cancel()` interrupts it. */
export function speakElevenLabs(face, text, { url, key, voice }) {
  const speech = face.start({ sampleRate: 24000 });
  const socket = new WebSocket(`${url}/v1/text-to-speech/${voice}/stream-input?output_format=pcm_24000`);
  socket.onopen = () => {
    const parts = [{ text: " ", xi_api_key: key }, { text: `${text} ` }, { text: "" }];
    for (const part of parts) socket.send(JSON.stringify(part));
  };
  socket.onmessage = ({ data }) => {
    const { audio } = JSON.parse(data);
    if (audio) speech.write(bytesOf(audio));
  };
  socket.onclose = () => speech.end();
  speech.done.finally(() => socket.close());
  return speech.done;
}
