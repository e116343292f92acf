import { Room, RoomEvent } from "livekit-client";

/** Joins a room: its sound is played, its microphone is ours, and the agent's face moves. */
export async function join(face, url, token) {
  const room = new Room();
  room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
  room.on(RoomEvent.DataReceived, (payload, _participant, _kind, topic) => {
    if (topic === "face") face.receive(JSON.parse(new TextDecoder().decode(payload)));
  });
  await room.connect(url, token);
  await room.localParticipant.setMicrophoneEnabled(true);
  return room;
}
