// Runs in the page of video_skew.py, after skew.js, whose TAP detects onsets.

/** Plays an HLS playlist with hls.js; resolves at the end of the video. */
globalThis.playList = async (url) => {
  const video = document.body.appendChild(document.createElement("video"));
  const hls = new Hls({ lowLatencyMode: false });
  hls.loadSource(url);
  hls.attachMedia(video);
  await new Promise((resolve) => hls.once(Hls.Events.MANIFEST_PARSED, resolve));
  const context = new AudioContext({ sampleRate: 48000 });
  return watch(video, context, context.createMediaElementSource(video), async () => {
    await video.play();
    await new Promise((resolve) => video.addEventListener("ended", resolve, { once: true }));
  });
};

/** Watches the call that is shown in the page. */
globalThis.watchCall = (seconds) => {
  const video = document.querySelector("video");
  const context = new AudioContext({ sampleRate: 48000 });
  const source = context.createMediaStreamSource(video.srcObject);
  return watch(video, context, source, () => new Promise((resolve) => setTimeout(resolve, seconds * 1000)));
};

/** Returns the brightness of the displayed frames as [ms, brightness], and the onsets of the audio in ms, by both pairs of clocks. */
const watch = async (video, context, source, play) => {
  await context.resume();
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([TAP], { type: "text/javascript" })));
  const tap = new AudioWorkletNode(context, "tap");
  source.connect(tap).connect(context.destination);
  const onsets = [];
  tap.port.onmessage = ({ data }) => {
    const at = (data / context.sampleRate) * 1000;
    onsets.push(offsetsOf(context).map((offset) => at + offset));
  };
  const frames = [];
  let running = true;
  const look = async (_, { expectedDisplayTime }) => {
    if (running) video.requestVideoFrameCallback(look);
    const frame = new VideoFrame(video);
    const planes = new Uint8Array(frame.allocationSize());
    await frame.copyTo(planes);
    frame.close();
    frames.push([expectedDisplayTime, planes[0]]); // luma comes first
  };
  video.requestVideoFrameCallback(look);
  await play();
  running = false;
  return { frames, onsets };
};
