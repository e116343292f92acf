import { Canvas, useLoader } from "@react-three/fiber";
import { StrictMode, Suspense, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { useFace } from "./useFace.js";

function Avatar({ onFace }) {
  const { scene } = useLoader(GLTFLoader, "http://127.0.0.1:8000/avatar/head.glb");
  const face = useFace(scene);
  useEffect(() => onFace(face), [face, onFace]);
  return <primitive object={scene} />;
}

function App() {
  const [face, setFace] = useState(null);
  window.face = face; // to try things out in the console
  return (
    <>
      <Canvas camera={{ fov: 28, position: [0, 0, 0.72], near: 0.01 }}>
        <hemisphereLight args={[0xffffff, 0xa39184, 1.7]} />
        <directionalLight position={[1.5, 2, 3]} intensity={1.8} />
        <Suspense>
          <Avatar onFace={setFace} />
        </Suspense>
      </Canvas>
      <button type="button" disabled={!face} onClick={() => face.speak("Hello, I am a component.")}>
        Speak
      </button>
    </>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
