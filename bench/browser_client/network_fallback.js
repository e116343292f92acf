// Runs in the page of network_fallback.py, beside the client; fallback.js has made `bench`.

/**
 * Streams PCM (s16le in base64), faster than it is played by `pace`; records ticks [ms, seconds, rank, ...52] and levels
 * [ms, RMS]. Calls `killServer` when playback is at `killAt` seconds.
 */
globalThis.stream = async (pcm, sampleRate, pace, killAt) => {
  const samples = Float32Array.from(
    new Int16Array(await (await fetch(`data:;base64,${pcm}`)).arrayBuffer()),
    (sample) => sample / 32768,
  );
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
    if (killAt !== null && time >= killAt) {
      killServer();
      killAt = null;
    }
    if (running) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const utterance = client.start({ sampleRate, encoding: "pcm_f32le" });
  const begun = performance.now();
  const piece = sampleRate / 50;
  let sent = 0;
  while (sent < samples.length) {
    const due = ((performance.now() - begun) / 1000) * sampleRate * pace;
    for (; sent < Math.min(due, samples.length); sent += piece)
      utterance.write(samples.slice(sent, sent + piece));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  utterance.end();
  const outcome = await utterance.done;
  const { underruns } = client.getDebugState();
  await new Promise((resolve) => setTimeout(resolve, 200));
  running = false;
  off();
  return { ticks, levels, outcome, underruns };
};
