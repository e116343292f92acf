// Runs in the page of skew.py, beside the client.

/** Detects onsets: posts the context's sample number of each. */
const TAP = `registerProcessor("tap", class extends AudioWorkletProcessor {
  constructor() { super(); this.quiet = sampleRate; }
  process([input], [output]) {
    const samples = input[0];
    if (!samples) { this.quiet += 128; return true; }
    for (let i = 0; i < samples.length; i++) {
      if (Math.abs(samples[i]) < 0.05) { this.quiet++; continue; }
      if (this.quiet > 0.1 * sampleRate) this.port.postMessage(currentFrame + i);
      this.quiet = 0;
    }
    input.forEach((channel, i) => output[i]?.set(channel));
    return true;
  }
});`;

/**
 * @param {"element" | "pcm" | "spoken" | "azure"} how
 * @param {string} host of Azure's emulator
 */
globalThis.measure = async (how, host) => {
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([TAP], { type: "text/javascript" })));
  const tap = new AudioWorkletNode(context, "tap");
  tap.connect(context.destination);

  const mesh = { morphTargetDictionary: { jawOpen: 0 }, morphTargetInfluences: [0] };
  const client = new Audio2FaceClient(null, { autoUpdate: false, audioContext: context });
  client.initializeWithScene(mesh);
  const ticks = [];
  let running = true;
  const tick = (now) => {
    client.update();
    ticks.push([now, mesh.morphTargetInfluences[0], ...offsetsOf(context)]);
    if (running) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);

  const onsets = [];
  tap.port.onmessage = ({ data }) => onsets.push(data / context.sampleRate);
  await WAYS[how](client, tap, host);
  running = false;
  return { ticks, onsets, latency: context.outputLatency || context.baseLatency };
};

/** ms of performance.now() minus ms of the context, by its two clocks. */
const offsetsOf = (context) => {
  const { contextTime, performanceTime } = context.getOutputTimestamp();
  return [performance.now() - context.currentTime * 1000, performanceTime - contextTime * 1000];
};

/** Plays through an <audio> element that is routed through the tap. */
const element = async (client, tap) => {
  const audio = new Audio(URL.createObjectURL(sound));
  tap.context.createMediaElementSource(audio).connect(tap);
  await client.processAndAnimate(sound, audio);
};

/** Routes the client's output through the tap while `play` runs. */
const tapped = async (tap, play) => {
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    return connect.call(this, to === this.context.destination && this !== tap ? tap : to, ...rest);
  };
  await play();
  AudioNode.prototype.connect = connect;
};

/** Writes PCM a little ahead of playback. */
const pcm = async (client) => {
  const samples = new Int16Array(await sound.arrayBuffer(), 44);
  const utterance = client.start({ sampleRate: 24000 });
  for (let at = 0; at < samples.length; at += 2400) {
    utterance.write(samples.subarray(at, at + 2400));
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  utterance.end();
  await utterance.done;
};

/** Speaks through Microsoft's SDK in this page. */
const azure = (client, host) => {
  const speaker = new Audio2FaceClient.AzureSpeaker(client, SpeechSDK, { getPass: () => ({ host }) });
  return speaker.speak("the recording");
};

const WAYS = {
  element,
  pcm: (client, tap) => tapped(tap, () => pcm(client)),
  spoken: (client, tap) => tapped(tap, () => client.speak("the recording")),
  azure: (client, tap, host) => tapped(tap, () => azure(client, host)),
};
