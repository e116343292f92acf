// Runs in the page of live_voice.py: each function follows the microphone as the package's manual says.

/** Calls a function before every display frame; returns a function that ends that. @param {() => void} each */
function everyFrame(each) {
  let running = true;
  const tick = () => {
    each();
    if (running) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  return () => {
    running = false;
  };
}

/** The client, with the network or without. @param {string | false} network */
async function follow(network) {
  const { Audio2FaceClient } = await import("/web/dist/audio2face-client.mjs");
  const audioContext = new AudioContext({ sampleRate: 48000 });
  const client = new Audio2FaceClient(false, { network, autoUpdate: false, audioContext });
  const names = Audio2FaceClient.BLENDSHAPES;
  const morphTargetDictionary = Object.fromEntries(names.map((name, i) => [name, i]));
  client.initializeWithScene({ morphTargetDictionary, morphTargetInfluences: names.map(() => 0) });
  if (network) await client.connect();
  client.listen(await microphone());
  globalThis.rank = () => client.getDebugState().rank;
  return everyFrame(() => client.update());
}

const microphone = () => navigator.mediaDevices.getUserMedia({ audio: true });

/** Each starts following the voice and returns how to stop. */
globalThis.followers = {
  /** Only the microphone, an AudioContext and a loop: what all of them need. */
  async nothing() {
    const context = new AudioContext({ sampleRate: 48000 });
    const source = context.createMediaStreamSource(await microphone());
    source.connect(new GainNode(context, { gain: 0 })).connect(context.destination);
    return everyFrame(() => {});
  },

  network: () => follow("/web/network/network.bin"),

  loudness: () => follow(false),

  async headaudio() {
    const { HeadAudio } = await import("/headaudio/modules/headaudio.mjs");
    const context = new AudioContext({ sampleRate: 48000 });
    await context.audioWorklet.addModule("/headaudio/modules/headworklet.mjs");
    const node = new HeadAudio(context, { processorOptions: {}, parameterData: { vadGateInactiveDb: -60 } });
    await node.loadModel("/headaudio/dist/model-en-mixed.bin");
    context.createMediaStreamSource(await microphone()).connect(node);
    node.onvalue = () => {};
    let last = performance.now();
    return everyFrame(() => {
      const now = performance.now();
      node.update(now - last);
      last = now;
    });
  },

  async wawa() {
    const { Lipsync } = await import("/wawa/dist/wawa-lipsync.es.js");
    const lips = new Lipsync();
    await lips.connectMicrophone();
    globalThis.wawaMs = () => fastest(30, () => lips.processAudio());
    return everyFrame(() => lips.processAudio());
  },
};

/**
 * Times steps of 20 ms; returns the milliseconds of one in the fastest second, since other programs disturb the rest. It
 * pauses in between, so that compilers can put better code in place.
 */
async function fastest(/** @type {number} */ seconds, /** @type {() => void} */ step) {
  let least = Number.POSITIVE_INFINITY;
  for (let second = 0; second < seconds; second++) {
    const start = performance.now();
    for (let i = 0; i < 50; i++) step();
    least = Math.min(least, (performance.now() - start) / 50);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return least;
}

/** Returns the milliseconds that 20 ms of audio take, for audio that arrives piece by piece. @param {"wasm" | "plain"} kind */
globalThis.networkStepMs = async (kind, rate, seconds) => {
  const engine = "/web/src/network/engine";
  const { Network } = await import(`${engine}/network.js`);
  const { readNetwork } = await import(`${engine}/network_file.js`);
  const { usableKernel } = await import(`${engine}/self_test.js`);
  const { kernelBytes } = await import("/web/src/network/host.js");
  const file = await (await fetch("/web/network/network.bin")).arrayBuffer();
  const network = new Network(
    await readNetwork(file),
    kind === "wasm" ? await usableKernel(kernelBytes()) : null,
  );
  const voice = network.open(rate);
  const piece = Float32Array.from({ length: rate / 50 }, () => 0.2 * Math.random() - 0.1);
  return fastest(seconds, () => {
    voice.write(piece);
    voice.run();
  });
};

/** The same for HeadAudio: its worklet's processor, run here, with an update every 20 ms. */
globalThis.headaudioStepMs = async (seconds) => {
  let worklet;
  globalThis.AudioWorkletNode = class {
    port = { postMessage: (data) => worklet.port.onmessage({ data }) };
  };
  let node;
  globalThis.AudioWorkletProcessor = class {
    port = { postMessage: (data) => node.port.onmessage({ data }) };
  };
  let Processor;
  Object.assign(globalThis, { sampleRate: 48000, registerProcessor: (_, made) => (Processor = made) });
  const { HeadAudio } = await import("/headaudio/modules/headaudio.mjs");
  await import("/headaudio/modules/headworklet.mjs");
  node = new HeadAudio();
  worklet = new Processor();
  await node.loadModel("/headaudio/dist/model-en-mixed.bin");
  node.onvalue = () => {};
  const defaults = Processor.parameterDescriptors.map(({ name, defaultValue }) => [name, [defaultValue]]);
  const parameters = { ...Object.fromEntries(defaults), vadGateInactiveDb: [-60] };
  const block = Float32Array.from({ length: 120 }, () => 0.2 * Math.random() - 0.1);
  return fastest(seconds, () => {
    for (let k = 0; k < 8; k++) worklet.process([[block]], [], parameters);
    node.update(20);
  });
};

/** Returns the milliseconds from the start of the sound until its first frame is here, for audio in pieces of 20 ms. */
globalThis.firstFrameMs = async (times) => {
  const { kernelBytes } = await import("/web/src/network/host.js");
  const file = await (await fetch("/web/network/network.bin")).arrayBuffer();
  const worker = new Worker("/web/dist/network-worker.js");
  const answers = (/** @type {string} */ type, /** @type {number} */ voice) =>
    new Promise((resolve) => {
      worker.onmessage = ({ data }) =>
        data.type === type && data.voice === voice && resolve(performance.now());
    });
  await answers("hello");
  worker.postMessage({ type: "load", file, wasm: kernelBytes() });
  await answers("ready");
  const waits = [];
  for (let voice = 0; voice < times; voice++) {
    worker.postMessage({ type: "open", voice, rate: 48000, step: 0, sample: 0 });
    const begun = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.floor((performance.now() - begun) / 20);
      for (; sent < due; sent++)
        worker.postMessage({ type: "write", voice, samples: new Float32Array(960).fill(0.1) });
    }, 1);
    waits.push((await answers("frames", voice)) - begun);
    clearInterval(timer);
    worker.postMessage({ type: "close", voice });
  }
  worker.terminate();
  return waits;
};
