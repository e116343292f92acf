// Runs in the page of jitter.py, beside the client.

/** Returns a source of numbers 0–1 that is the same in every run. @param {number} seed */
const randomFrom = (seed) => () => {
  seed = (seed * 1664525 + 1013904223) % 2 ** 32;
  return seed / 2 ** 32;
};

/**
 * Returns when each piece of a sentence arrives, in seconds: produced somewhat faster than it is played, over a network
 * that stalls now and then and then delivers everything at once.
 */
const arrivals = (count, { piece, speed, stalls, shortest, longest }, random) => {
  const times = [];
  let open = 0;
  for (let i = 0; i < count; i++) {
    const produced = (i * piece) / speed;
    if (produced >= open && random() < stalls) open = produced + shortest + random() * (longest - shortest);
    times.push(Math.max(produced, open));
  }
  return times;
};

/** Speaks sentences one after another. Returns underruns, silence and the delay of the start of each. */
globalThis.deliver = async (pcm, sampleRate, sentences, source, options) => {
  const names = Audio2FaceClient.BLENDSHAPES;
  const client = new Audio2FaceClient(null, options);
  client.initializeWithScene({
    morphTargetDictionary: Object.fromEntries(names.map((name, i) => [name, i])),
    morphTargetInfluences: names.map(() => 0),
  });
  await client.unlock();
  await client.connect();
  const step = Math.round(source.piece * sampleRate);
  const results = [];
  for (let sentence = 0; sentence < sentences; sentence++) {
    const times = arrivals(Math.ceil(pcm.length / step), source, randomFrom(sentence + 1));
    const ranks = [];
    const off = client.on("rank", ({ to }) => ranks.push(to));
    const utterance = client.start({ sampleRate });
    const begun = performance.now();
    let heard = 0;
    const stop = client.on("frame", ({ heard: position }) => {
      if (position > 0) heard ||= performance.now() - position * 1000;
    });
    for (let i = 0; i < times.length; i++) {
      const wait = begun + times[i] * 1000 - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      utterance.write(pcm.subarray(i * step, (i + 1) * step));
    }
    utterance.end();
    const { duration } = await utterance.done;
    const silence = performance.now() - heard - duration * 1000;
    results.push({ underruns: client.getDebugState().underruns, silence, start: heard - begun, ranks });
    off();
    stop();
  }
  client.dispose();
  return results;
};
