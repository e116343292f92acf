/** Calls the bot. Its messages go to `onMessage`. Returns the microphone's track. */
export async function call(audio, onMessage) {
  const peer = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });
  const [microphone] = stream.getAudioTracks();
  peer.addTrack(microphone, stream);
  peer.ontrack = ({ streams, track }) => {
    audio.srcObject = streams[0] ?? new MediaStream([track]);
  };
  const channel = peer.createDataChannel("messages");
  channel.onmessage = ({ data }) => onMessage(JSON.parse(data));
  channel.onopen = () => setInterval(() => channel.readyState === "open" && channel.send("ping"), 1000);
  await peer.setLocalDescription();
  await new Promise((resolve) => {
    const check = () => peer.iceGatheringState === "complete" && resolve();
    peer.onicegatheringstatechange = check;
    check();
  });
  const { sdp, type } = peer.localDescription;
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("api/offer", { method: "POST", headers, body: JSON.stringify({ sdp, type }) });
  await peer.setRemoteDescription(await answer.json());
  return microphone;
}
