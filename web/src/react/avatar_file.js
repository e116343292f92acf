import { A2FError } from "audio2face-client";
import { useEffect, useState } from "react";
import { reasonOf } from "../sources/source.js";

/**
 * @typedef {object} Avatar
 * @property {any} scene what is shown
 * @property {any} target what the client binds: a glTF, a VRM or the scene
 * @property {{update(delta: number): void} | null} vrm
 */

/**
 * Loads an avatar. The one before is shown until the next is there, and then freed.
 * @param {string} url
 * @param {(url: string) => Promise<any>} load
 * @param {(error: Error) => void} onError
 * @returns {Avatar | null}
 */
export function useAvatarFile(url, load, onError) {
  const [avatar, setAvatar] = useState(/** @type {Avatar | null} */ (null));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another address is another avatar
  useEffect(() => {
    let wanted = true;
    const run = async () => {
      await null; // StrictMode mounts twice at once: only the second one loads
      if (!wanted) return;
      try {
        const loaded = avatarOf(await load(url));
        if (wanted) setAvatar(loaded);
        else freeScene(loaded.scene);
      } catch (error) {
        if (wanted) onError(loadError(url, error));
      }
    };
    void run();
    return () => {
      wanted = false;
    };
  }, [url]);
  useEffect(() => (avatar ? () => freeScene(avatar.scene) : undefined), [avatar]);
  return avatar;
}

/** @param {any} loaded a glTF, a VRM or an object @returns {Avatar} */
function avatarOf(loaded) {
  const vrm = loaded?.userData?.vrm ?? (loaded?.humanoid ? loaded : null);
  const scene = vrm?.scene ?? loaded?.scene ?? loaded;
  if (typeof scene?.traverse !== "function") throw new Error("it is no glTF, VRM or object of Three.js");
  return { scene, target: vrm ?? loaded, vrm };
}

/** @param {string} url @param {unknown} error */
function loadError(url, error) {
  const remedy = "Check url: it must lead to a GLB or VRM, and another origin must allow this page (CORS).";
  return new A2FError("bad_avatar", `The avatar ${url} cannot be loaded (${reasonOf(error)}). ${remedy}`);
}

/** Frees the memory of the GPU. @param {any} scene */
export function freeScene(scene) {
  scene.traverse((/** @type {any} */ object) => {
    object.geometry?.dispose();
    object.skeleton?.dispose();
    for (const material of [object.material ?? []].flat()) {
      for (const value of Object.values(material)) if (value?.isTexture) value.dispose();
      material.dispose();
    }
  });
}
