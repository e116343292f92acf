/** Opens a session. In production `key` is an ephemeral one, which your server gets with POST /v1/realtime/client_secrets. */
export function openRealtime(url, key) {
  return new WebSocket(`${url}/v1/realtime?model=gpt-realtime`, [
    "realtime",
    `openai-insecure-api-key.${key}`,
  ]);
}

/** Asks for an answer to a text. */
export function ask(socket, text) {
  const item = { type: "message", role: "user", content: [{ type: "input_text", text }] };
  socket.send(JSON.stringify({ type: "conversation.item.create", item }));
  socket.send(JSON.stringify({ type: "response.create" }));
}

/** Sends the microphone's sound. */
export function hear(socket, pcm) {
  const audio = btoa(String.fromCharCode(...new Uint8Array(pcm.buffer)));
  socket.send(JSON.stringify({ type: "input_audio_buffer.append", audio }));
}
