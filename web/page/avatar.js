import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { Told } from "./words.js";

const GLB = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
/** What GLB files may need that this page does not carry. @type {Record<string, string>} */
const UNSUPPORTED = {
  KHR_texture_basisu:
    "This GLB has KTX2 textures, whose decoder this page does not carry. Save it with PNG, JPEG or WebP textures, for example: npx @gltf-transform/cli webp in.glb out.glb",
  KHR_draco_mesh_compression:
    "This GLB is compressed with Draco, whose decoder this page does not carry. Save it without, or with meshopt: npx @gltf-transform/cli meshopt in.glb out.glb",
};

/**
 * A GLB (or VRM) as an object that looks along +z.
 * @param {ArrayBuffer} bytes
 * @param {string} name of the file
 * @returns {Promise<import("three").Object3D>}
 */
export async function loadAvatar(bytes, name) {
  const description = describe(bytes, name);
  for (const extension of [...description.used, ...description.required])
    if (extension in UNSUPPORTED && (description.required.includes(extension) || extension.includes("draco")))
      throw new Told(UNSUPPORTED[extension]);
  const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
  const { scene } = await loader.parseAsync(bytes, "").catch((error) => {
    throw new Told(`${name} cannot be read: ${error.message} Try to export it again as a GLB.`);
  });
  // The first VRM version looks the other way.
  if (description.used.includes("VRM")) scene.rotation.y = Math.PI;
  scene.traverse((object) => {
    object.frustumCulled = false;
  });
  return scene;
}

/**
 * The extensions that a GLB says it has.
 * @param {ArrayBuffer} bytes
 * @param {string} name
 * @returns {{used: string[], required: string[]}}
 */
function describe(bytes, name) {
  const view = new DataView(bytes);
  if (bytes.byteLength < 20 || view.getUint32(0, true) !== GLB || view.getUint32(16, true) !== JSON_CHUNK)
    throw new Told(
      `${name} is not a GLB. Export the avatar as glTF binary (.glb): one file with everything in it.`,
    );
  try {
    const text = new TextDecoder().decode(new Uint8Array(bytes, 20, view.getUint32(12, true)));
    const { extensionsUsed = [], extensionsRequired = [] } = JSON.parse(text);
    return { used: extensionsUsed, required: extensionsRequired };
  } catch {
    throw new Told(`${name} is cut off or damaged. Export or download it again.`);
  }
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
