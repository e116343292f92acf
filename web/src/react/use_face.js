import { useEffect, useState, useSyncExternalStore } from "react";
import { FaceStore } from "./face_store.js";

/** @import { Face, FaceOptions } from "./face_store.js" */

/**
 * Gives a component a face. Its client exists while the component is mounted; changed options are applied to it.
 * @param {FaceOptions} [options] options of `Audio2FaceClient`, including `serverUrl`; they may be written inline
 * @returns {Face}
 */
export function useFace(options = {}) {
  const [store] = useState(() => new FaceStore());
  useEffect(() => store.update(options));
  useEffect(() => () => store.dispose(), [store]);
  return useSyncExternalStore(store.subscribe, store.read, store.readOnServer);
}
