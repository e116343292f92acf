// A scene of React Three Fiber without WebGL: what the renderer would draw is counted.
import { createRoot, extend } from "@react-three/fiber";
import { StrictMode } from "react";
import * as THREE from "three";
import { act, createElement } from "./react.mjs";

extend(THREE);

/** Mounts components in a scene; `tick` draws a frame, in milliseconds. */
export async function mountScene(component, props, { frameloop = "never" } = {}) {
  const canvas = document.createElement("canvas");
  const drawn = { count: 0 };
  const renderer = {
    domElement: canvas,
    xr: { addEventListener() {}, removeEventListener() {}, setAnimationLoop() {} },
    shadowMap: {},
    render: () => drawn.count++,
    setSize() {},
    setPixelRatio() {},
    dispose() {},
    forceContextLoss() {},
  };
  const root = createRoot(canvas);
  await act(() =>
    root.configure({ gl: () => renderer, frameloop, size: { width: 300, height: 300, top: 0, left: 0 } }),
  );
  const states = [];
  const render = (given) =>
    act(async () =>
      states.push(root.render(createElement(StrictMode, null, createElement(component, given)))),
    );
  await render(props);
  const state = () => states.at(-1).getState();
  return {
    render,
    drawn,
    state,
    /** Draws one frame, as the display would. */
    tick: (time) => act(async () => state().advance(time)),
    unmount: () => act(async () => root.unmount()),
  };
}

/** Returns something like a loaded glTF: a head with these morph targets; `freed` counts what was disposed. */
export function gltf(names) {
  const freed = { count: 0 };
  const free = () => freed.count++;
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(9), 3));
  geometry.morphAttributes.position = names.map(
    () => new THREE.BufferAttribute(new Float32Array(9).fill(0.1), 3),
  );
  geometry.morphTargetsRelative = true;
  const material = new THREE.MeshBasicMaterial({ map: new THREE.Texture() });
  for (const each of [geometry, material, material.map]) each.addEventListener("dispose", free);
  const mesh = new THREE.Mesh(geometry, material);
  mesh.updateMorphTargets();
  mesh.morphTargetDictionary = Object.fromEntries(names.map((name, i) => [name, i]));
  const scene = new THREE.Group();
  scene.add(mesh);
  const value = (name) => mesh.morphTargetInfluences[mesh.morphTargetDictionary[name]];
  return { scene, mesh, freed, value };
}
