import { AvatarCanvas, openAIRealtime, TalkingAvatar, useFace, useSource } from "audio2face-client/react";
import { Buttons } from "./Buttons.jsx";

const SERVER = "http://127.0.0.1:8000";
const agent = openAIRealtime({ getCredentials: async () => (await fetch("realtime-key")).text() });

export function App() {
  const face = useFace({ serverUrl: SERVER, network: true, life: true });
  const call = useSource(face, agent);
  window.face = face.client; // to try things out in the console
  return (
    <>
      <AvatarCanvas camera={{ fov: 28, position: [0, 0, 0.72], near: 0.01 }} fallback="No WebGL, no face.">
        <hemisphereLight args={[0xffffff, 0xa39184, 1.7]} />
        <directionalLight position={[1.5, 2, 3]} intensity={1.8} />
        <TalkingAvatar url={`${SERVER}/avatar/head.glb`} face={face} />
      </AvatarCanvas>
      <Buttons face={face} call={call} />
    </>
  );
}
