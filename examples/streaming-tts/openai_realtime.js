const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Plays what OpenAI's Realtime API says, and stops when the visitor speaks. `socket` is a WebSocket to it. */
export function followRealtime(face, socket) {
  let [speech, item] = [null, null];
  const on = {
    "response.output_audio.delta": ({ item_id, delta }) => {
      if (item_id !== item) [speech, item] = [face.start({ sampleRate: 24000 }), item_id];
      speech.write(bytesOf(delta)); // ignored after an interruption
    },
    "response.output_audio.done": () => speech.end(),
    "input_audio_buffer.speech_started": async () => {
      face.cancel();
      const { cancelled, heard } = (await speech?.done) ?? {};
      const cut = { item_id: item, content_index: 0, audio_end_ms: Math.round(heard * 1000) };
      if (cancelled) socket.send(JSON.stringify({ type: "conversation.item.truncate", ...cut }));
    },
  };
  socket.addEventListener("message", ({ data }) => on[JSON.parse(data).type]?.(JSON.parse(data)));
}
