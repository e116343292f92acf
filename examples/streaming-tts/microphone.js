const CAPTURE = `registerProcessor("capture", class extends AudioWorkletProcessor {
  process([[samples]]) {
    if (samples) this.port.postMessage(samples.slice());
    return true;
  }
});`;

/** Calls `onPcm` with an Int16Array of every 100 ms of the microphone, at 24 kHz. Returns a function that stops it. */
export async function openMicrophone(onPcm) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });
  const context = new AudioContext({ sampleRate: 24000 });
  await context.audioWorklet.addModule(`data:text/javascript,${encodeURIComponent(CAPTURE)}`);
  const capture = new AudioWorkletNode(context, "capture");
  let samples = [];
  capture.port.onmessage = ({ data }) => {
    samples.push(...data);
    if (samples.length < 2400) return;
    onPcm(Int16Array.from(samples, (sample) => Math.max(-1, Math.min(1, sample)) * 32767));
    samples = [];
  };
  context.createMediaStreamSource(stream).connect(capture);
  return () => {
    for (const track of stream.getTracks()) track.stop();
    context.close();
  };
}
