/** Calls OpenAI's API, or others with the same routes, through the server of this example, which has the key. */
async function post(path, body, headers = {}) {
  const response = await fetch(`v1/${path}`, { method: "POST", body, headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}
const json = (path, fields) => post(path, JSON.stringify(fields), { "Content-Type": "application/json" });

/** Returns the words in a recording. */
export async function transcribe(recording) {
  const form = new FormData();
  form.append("file", recording, "speech.webm");
  form.append("model", "gpt-4o-mini-transcribe");
  return (await (await post("audio/transcriptions", form)).json()).text;
}

/** Returns the answer to a dialogue: [{ role, content }]. */
export async function complete(messages) {
  const answer = await json("chat/completions", { model: "gpt-4o-mini", messages });
  return (await answer.json()).choices[0].message.content;
}

/** Returns a response with the sound of a text. */
export function synthesise(input) {
  return json("audio/speech", { model: "gpt-4o-mini-tts", voice: "alloy", input, response_format: "pcm" });
}

/** Records the microphone until the returned function is called, which returns the recording. */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  return () =>
    new Promise((resolve) => {
      recorder.onstop = () => resolve(new Blob(parts, { type: recorder.mimeType }));
      recorder.stop();
      for (const track of stream.getTracks()) track.stop();
    });
}
