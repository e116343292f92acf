import { loaderFor } from "./decoders.js";
import { Told } from "./words.js";

const GLB = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;

/**
 * @typedef {object} Avatar
 * @property {import("three").Object3D} object what is shown; it looks along +z
 * @property {import("@pixiv/three-vrm").VRM | null} vrm what moves it, where it is a VRM
 */

/**
 * An avatar from a GLB or a VRM.
 * @param {ArrayBuffer} bytes
 * @param {string} name of the file, for what is said of it
 * @param {import("three").WebGLRenderer | null} renderer
 * @returns {Promise<Avatar>} rejects with what to do about it
 */
export async function loadAvatar(bytes, name, renderer) {
  const loader = await loaderFor(extensionsOf(bytes, name), name, renderer);
  const gltf = await loader.parseAsync(bytes, "").catch((error) => {
    throw new Told(
      `${name} cannot be read: ${error.message.replace(/\.?$/, ".")} Try to export it again as a GLB.`,
    );
  });
  freeDecoders(loader);
  const vrm = gltf.userData.vrm ?? null;
  const object = vrm?.scene ?? gltf.scene;
  // The first VRM version looks the other way.
  if (vrm?.meta?.metaVersion === "0") object.rotation.y = Math.PI;
  // Morphs and bones move vertices out of the boxes that decide what is drawn.
  object.traverse((/** @type {import("three").Object3D} */ each) => {
    each.frustumCulled = false;
  });
  return { object, vrm };
}

/**
 * The extensions that a GLB says it has.
 * @param {ArrayBuffer} bytes
 * @param {string} name
 * @returns {{used: string[], required: string[]}}
 */
function extensionsOf(bytes, name) {
  const view = new DataView(bytes);
  if (bytes.byteLength < 20 || view.getUint32(0, true) !== GLB || view.getUint32(16, true) !== JSON_CHUNK)
    throw new Told(
      `${name} is not a GLB. Export the avatar as glTF binary (.glb) or VRM: one file with everything in it.`,
    );
  try {
    const text = new TextDecoder().decode(new Uint8Array(bytes, 20, view.getUint32(12, true)));
    const { extensionsUsed = [], extensionsRequired = [] } = JSON.parse(text);
    return { used: [...extensionsUsed, ...extensionsRequired], required: extensionsRequired };
  } catch {
    throw new Told(`${name} is cut off or damaged. Export or download it again.`);
  }
}

/** Their workers have nothing more to do. @param {import("three/addons/loaders/GLTFLoader.js").GLTFLoader} loader */
function freeDecoders(loader) {
  loader.ktx2Loader?.dispose();
  loader.dracoLoader?.dispose();
}

/** Frees what the graphics card holds. @param {import("three").Object3D} avatar */
export function dispose(avatar) {
  avatar.traverse((object) => {
    const { geometry, material } = /** @type {import("three").Mesh} */ (object);
    geometry?.dispose();
    for (const each of [material ?? []].flat()) {
      for (const value of Object.values(each)) if (value?.isTexture) value.dispose();
      each.dispose();
    }
  });
}
