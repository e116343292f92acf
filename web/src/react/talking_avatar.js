import { A2FError } from "audio2face-client";
import { createElement, useEffect, useState } from "react";
import { useAvatarFile } from "./avatar_file.js";
import { isSame } from "./is_same.js";
import { useThreeModules } from "./three_modules.js";

/**
 * @import { ReactElement } from "react"
 * @import { Audio2FaceClient, MorphMap } from "audio2face-client"
 * @import { Face } from "./face_store.js"
 * @import { Avatar } from "./avatar_file.js"
 * @import { ThreeModules } from "./three_modules.js"
 */

/**
 * @typedef {object} TalkingAvatarProps Other props, such as `position` and `scale`, go to the object in the scene.
 * @property {string} url a GLB, or with `load` anything that it loads
 * @property {Face} face what `useFace` returned
 * @property {(url: string) => Promise<any>} [load] your own loader, for VRM, Draco, KTX2 or meshopt: resolves to a glTF, a VRM or
 *   an object, which belongs to the component from then on
 * @property {MorphMap} [map] your own names of morph targets
 * @property {boolean} [eyeContact] with `life`, the eyes look at the camera; default: true
 * @property {(loaded: any) => void} [onLoad] the avatar is in the scene and bound
 * @property {(error: Error) => void} [onError] the avatar cannot be loaded or cannot move its mouth, or a package is missing; an
 *   `A2FError`. Default: a message on the console
 */

/**
 * An avatar in a scene of React Three Fiber, moved by a face.
 * @param {TalkingAvatarProps & Record<string, any>} props
 * @returns {ReactElement | null}
 */
export function TalkingAvatar(props) {
  const modules = useThreeModules(props.onError ?? warn);
  return modules && createElement(AvatarInScene, { ...props, modules });
}

/** @param {TalkingAvatarProps & {modules: ThreeModules} & Record<string, any>} props */
function AvatarInScene(props) {
  const { url, face, load, map, eyeContact = true, onLoad, onError = warn, modules, ...rest } = props;
  const { fiber, GLTFLoader } = modules;
  const avatar = useAvatarFile(url, load ?? ((address) => new GLTFLoader().loadAsync(address)), onError);
  useBinding(face.client, avatar, useStable(map), onLoad, onError);
  useTicks(fiber, face.client, avatar);
  useEyeContact(
    face,
    fiber.useThree((state) => state.camera),
    eyeContact,
  );
  return avatar && createElement("primitive", { ...rest, object: avatar.scene });
}

/**
 * @param {Audio2FaceClient | null} client
 * @param {Avatar | null} avatar
 * @param {MorphMap | undefined} map
 * @param {((loaded: any) => void) | undefined} onLoad
 * @param {(error: Error) => void} onError
 */
function useBinding(client, avatar, map, onLoad, onError) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: other callbacks need no other binding
  useEffect(() => {
    if (!client || !avatar) return;
    const moves = client.initializeWithScene(avatar.target, { map });
    if (!moves) onError(new A2FError("bad_avatar", `The avatar cannot move. ${client.binding?.advice}`));
    onLoad?.(avatar.target);
    return () => {
      client.initializeWithScene([]);
    };
  }, [client, avatar, map]);
}

/**
 * Updates the face before each frame is drawn. A canvas that draws on demand is told when the face has moved.
 * @param {ThreeModules["fiber"]} fiber
 * @param {Audio2FaceClient | null} client
 * @param {Avatar | null} avatar
 */
function useTicks(fiber, client, avatar) {
  const onDemand = fiber.useThree((state) => state.frameloop === "demand");
  const invalidate = fiber.useThree((state) => state.invalidate);
  useEffect(() => {
    if (!client || !avatar) return;
    client.configure({ autoUpdate: false });
    const stop = onDemand ? watchFace(client, invalidate) : () => {};
    return () => {
      stop();
      client.configure({ autoUpdate: true });
    };
  }, [client, avatar, onDemand, invalidate]);
  fiber.useFrame((_, delta) => {
    if (!avatar) return;
    if (!onDemand) client?.update();
    avatar.vrm?.update(delta);
  });
}

/**
 * Updates the face at every frame of the display, and calls `onMove` if it has changed.
 * @param {Audio2FaceClient} client
 * @param {() => void} onMove
 * @returns {() => void} stops
 */
function watchFace(client, onMove) {
  let shown = Number.NaN;
  let handle = 0;
  const tick = () => {
    handle = requestAnimationFrame(tick);
    client.update();
    const sum = client.weights.reduce((total, weight, i) => total + weight * (i + 1), 0);
    if (sum !== shown || client.getDebugState().alive) onMove();
    shown = sum;
  };
  tick();
  return () => cancelAnimationFrame(handle);
}

/**
 * @param {Face} face
 * @param {any} camera
 * @param {boolean} wanted
 */
function useEyeContact({ client, life }, camera, wanted) {
  useEffect(() => {
    const given = typeof life === "object" ? life : {};
    if (!client || !life || !wanted || given.camera) return;
    client.configure({ life: { ...given, camera } });
    return () => {
      client.configure({ life });
    };
  }, [client, life, camera, wanted]);
}

/**
 * Returns the first of values that are the same, so that objects may be written inline.
 * @template Value
 * @param {Value} value
 * @returns {Value}
 */
function useStable(value) {
  const [held, setHeld] = useState(value);
  if (isSame(held, value)) return held;
  setHeld(value);
  return value;
}

/** @param {Error} error */
function warn({ message }) {
  console.error(`Audio2FaceClient: ${message}`);
}
