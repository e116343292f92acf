import { A2FError } from "audio2face-client";
import { useEffect, useState } from "react";
import { reasonOf } from "../sources/source.js";

/**
 * @typedef {object} ThreeModules
 * @property {typeof import("@react-three/fiber")} fiber
 * @property {new () => {loadAsync(url: string): Promise<any>}} GLTFLoader
 */

/** @type {Promise<ThreeModules> | null} */
let loading = null;

/**
 * Loads the optional packages, once, in the browser only.
 * @returns {Promise<ThreeModules>} rejects with `not_installed`
 */
export function loadThree(importing = importThree) {
  loading ??= importing().catch((error) => {
    loading = null;
    const remedy = "npm install three @react-three/fiber";
    throw new A2FError(
      "not_installed",
      `TalkingAvatar needs the packages three and @react-three/fiber: ${remedy} (${reasonOf(error)}).`,
    );
  });
  return loading;
}

/** Bundlers accept that a package is missing if its import is within `try`. @returns {Promise<ThreeModules>} */
async function importThree() {
  try {
    // One after the other: fiber's CommonJS build requires the module `three`, and Node refuses that while it is imported.
    const { GLTFLoader } = await import("three/addons/loaders/GLTFLoader.js");
    const fiber = await import("@react-three/fiber");
    return { fiber, GLTFLoader };
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * @param {(error: Error) => void} onError
 * @returns {ThreeModules | null} null until they are loaded
 */
export function useThreeModules(onError) {
  const [modules, setModules] = useState(/** @type {ThreeModules | null} */ (null));
  // biome-ignore lint/correctness/useExhaustiveDependencies: an error is reported once, to the first callback
  useEffect(() => {
    let mounted = true;
    loadThree().then(
      (loaded) => mounted && setModules(loaded),
      (error) => mounted && onError(error),
    );
    return () => {
      mounted = false;
    };
  }, []);
  return modules;
}
