// Runs in the page of fallback.py, beside the client and Microsoft's SDK.

/** Reports the level of the sound in blocks of 128 samples and passes it on. */
const TAP = `registerProcessor("level", class extends AudioWorkletProcessor {
  process([input], [output]) {
    const samples = input[0];
    let sum = 0;
    for (let i = 0; samples && i < samples.length; i++) sum += samples[i] * samples[i];
    this.port.postMessage([currentFrame, Math.sqrt(sum / 128)]);
    input.forEach((channel, i) => output[i]?.set(channel));
    return true;
  }
});`;

/** Makes a client with one mesh of 52 shapes and routes its sound through the tap. @param {Record<string, unknown>} options */
globalThis.prepare = async (options) => {
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([TAP], { type: "text/javascript" })));
  const tap = new AudioWorkletNode(context, "level");
  tap.connect(context.destination);
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    return connect.call(this, to === this.context.destination && this !== tap ? tap : to, ...rest);
  };
  const names = Audio2FaceClient.BLENDSHAPES;
  const mesh = {
    morphTargetDictionary: Object.fromEntries(names.map((name, i) => [name, i])),
    morphTargetInfluences: names.map(() => 0),
  };
  const client = new Audio2FaceClient(null, { ...options, autoUpdate: false, audioContext: context });
  client.initializeWithScene(mesh);
  globalThis.bench = { context, tap, mesh, client, ranks: [], errors: [] };
  client.on("rank", (change) => bench.ranks.push({ ...change, at: performance.now() }));
  client.on("error", ({ code }) => bench.errors.push(code));
};

/** Cancels a sentence; returns ms until the last loud block, the neutral face, the closed jaw and the next sound. */
globalThis.interrupt = async (host, text) => {
  const { client, context, tap, mesh } = bench;
  const speaker = new Audio2FaceClient.AzureSpeaker(client, SpeechSDK, { getPass: () => ({ host }) });
  let cancelled = 0;
  let silent = 0;
  let next = 0;
  tap.port.onmessage = ({ data: [frame, level] }) => {
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    const at = (frame / context.sampleRate - contextTime) * 1000 + performanceTime;
    if (level < 0.003 || !cancelled) return;
    if (at - cancelled < 150) silent = Math.max(silent, at - cancelled);
    else next ||= at - cancelled;
  };
  let mouth = 0;
  let left = 0;
  let closed = 0;
  const tick = (now) => {
    client.update();
    const open = mesh.morphTargetInfluences[mesh.morphTargetDictionary.jawOpen];
    if (cancelled && !closed) {
      if (client.getDebugState().rank === "neutral") left ||= now - cancelled;
      if (open < 0.01) closed = now - cancelled;
    }
    if (!cancelled) mouth = open;
    if (!next) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const first = speaker.speak(text);
  const open = (resolve) => {
    const { time, rank } = client.getDebugState();
    const talking = time > 0.8 && rank === "server" && mouth > 0.15;
    if (talking) resolve();
    else setTimeout(() => open(resolve), 5);
  };
  await new Promise(open);
  cancelled = performance.now();
  client.cancel();
  await speaker.speak("Next.");
  await first;
  return { silent, left, closed, next };
};

/** Speaks through Azure's SDK; records ticks [ms, seconds of the utterance, rank, ...52] and levels [ms, RMS]. */
globalThis.utter = async (host, text) => {
  const { client, context, tap, mesh } = bench;
  const ticks = [];
  const levels = [];
  let time = 0;
  let running = true;
  const off = client.on("frame", (event) => {
    time = event.time;
  });
  tap.port.onmessage = ({ data: [frame, level] }) => {
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    levels.push([(frame / context.sampleRate - contextTime) * 1000 + performanceTime, level]);
  };
  const tick = (now) => {
    client.update();
    ticks.push([now, time, client.getDebugState().rank, ...mesh.morphTargetInfluences]);
    if (running) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  bench.speaker ??= new Audio2FaceClient.AzureSpeaker(client, SpeechSDK, { getPass: () => ({ host }) });
  bench.begun = performance.now();
  const outcome = await bench.speaker.speak(text);
  const { underruns } = client.getDebugState();
  await new Promise((resolve) => setTimeout(resolve, 400));
  running = false;
  off();
  return { ticks, levels, outcome, underruns };
};
