import { useFrame } from "@react-three/fiber";
import { Audio2FaceClient } from "audio2face-client";
import { useEffect, useState } from "react";

/** Returns a client that moves `avatar`, before each frame is drawn; null until the avatar is loaded. */
export function useFace(avatar, url = "http://127.0.0.1:8000") {
  const [face, setFace] = useState(null);
  useEffect(() => {
    if (!avatar) return;
    const client = new Audio2FaceClient(url, { life: true, autoUpdate: false });
    client.initializeWithScene(avatar);
    setFace(client);
    return () => client.dispose(); // also in StrictMode, which mounts twice
  }, [avatar, url]);
  useFrame(() => face?.update());
  return face;
}
