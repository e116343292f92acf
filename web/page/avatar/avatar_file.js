import { toSentence, UserError } from "../messages.js";
import { createLoader } from "./gltf_loader.js";

const GLB_MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;

/**
 * @typedef {object} Avatar
 * @property {import("three").Object3D} object what is shown; it faces +z
 * @property {import("@pixiv/three-vrm").VRM | null} vrm the VRM, if the file is one
 * @property {number} unreadableTextures
 */

/**
 * Reads a GLB or VRM file.
 * @param {ArrayBuffer} bytes
 * @param {string} name of the file, for error messages
 * @param {import("three").WebGLRenderer | null} renderer
 * @returns {Promise<Avatar>} rejects with a UserError
 */
export async function readAvatar(bytes, name, renderer) {
  const loader = await createLoader(extensionsOf(bytes, name), name, renderer);
  /** @type {any} */
  let parser = null;
  loader.register((its) => {
    parser = its;
    requireSelfContained(its.json, name);
    return { name: "self_contained" };
  });
  try {
    const gltf = await loader.parseAsync(bytes, "");
    return { ...avatarOf(gltf), unreadableTextures: await countUnreadable(parser) };
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(unreadable(name, error));
  } finally {
    // Textures may still be loading after an error. A decoder disposed before then would leave its worker running.
    await Promise.allSettled(Object.values(parser?.textureCache ?? {}));
    disposeDecoders(loader);
  }
}

/** @param {import("three/addons/loaders/GLTFLoader.js").GLTF} gltf */
function avatarOf(gltf) {
  const vrm = gltf.userData.vrm ?? null;
  const object = vrm?.scene ?? gltf.scene;
  // VRM 0 models face -z.
  if (vrm?.meta?.metaVersion === "0") object.rotation.y = Math.PI;
  // Morphs and bones move vertices out of the bounds that culling uses.
  object.traverse((/** @type {import("three").Object3D} */ each) => {
    each.frustumCulled = false;
  });
  return { object, vrm };
}

/**
 * Rejects files that refer to other files, since a local file must not cause requests, and files without a scene.
 * @param {any} json the glTF as the loader reads it
 * @param {string} name
 */
function requireSelfContained({ buffers = [], images = [], scenes = [], scene = 0 }, name) {
  const external = [...buffers, ...images].find(({ uri }) => uri !== undefined && !/^data:/i.test(uri));
  if (external)
    throw new UserError(
      `${name} needs another file (${external.uri}). Export the avatar as a single file: glTF binary (.glb) or VRM.`,
    );
  if (!scenes[scene]) throw new UserError(`${name} has no scene to show. Export the avatar with its scene.`);
}

/** @param {string} name @param {any} error Draco's workers reject with a plain string */
const unreadable = (name, error) =>
  `Can't read ${name}: ${toSentence(String(error?.message ?? error))} Export it as a GLB again.`;

/** Counts the textures that the loader left out. @param {{textureCache: Record<string, Promise<unknown>>}} parser */
async function countUnreadable({ textureCache }) {
  const textures = await Promise.all(Object.values(textureCache));
  return textures.filter((texture) => texture === null).length;
}

/**
 * Returns the extensions that a GLB declares.
 * @param {ArrayBuffer} bytes
 * @param {string} name
 * @returns {{used: string[], required: string[]}}
 */
function extensionsOf(bytes, name) {
  const view = new DataView(bytes);
  if (!isGlb(view))
    throw new UserError(
      `${name} is not a GLB. Export the avatar as a single file: glTF binary (.glb) or VRM.`,
    );
  try {
    const text = new TextDecoder().decode(new Uint8Array(bytes, 20, view.getUint32(12, true)));
    const { extensionsUsed = [], extensionsRequired = [] } = JSON.parse(text);
    return { used: [...extensionsUsed, ...extensionsRequired], required: extensionsRequired };
  } catch {
    throw new UserError(`${name} is truncated or damaged. Export or download it again.`);
  }
}

/** @param {DataView} view */
function isGlb(view) {
  if (view.byteLength < 20) return false;
  return view.getUint32(0, true) === GLB_MAGIC && view.getUint32(16, true) === JSON_CHUNK;
}

/** Ends the decoders' workers. @param {import("three/addons/loaders/GLTFLoader.js").GLTFLoader} loader */
function disposeDecoders(loader) {
  loader.ktx2Loader?.dispose();
  loader.dracoLoader?.dispose();
}

/** Frees an avatar's GPU memory and images. @param {import("three").Object3D} avatar */
export function dispose(avatar) {
  avatar.traverse((object) => {
    const { geometry, material, skeleton } = /** @type {import("three").SkinnedMesh} */ (object);
    geometry?.dispose();
    skeleton?.dispose();
    /** @type {import("three").InstancedMesh} */ (object).dispose?.();
    for (const each of [material ?? []].flat()) disposeMaterial(each);
  });
}

/** @param {import("three").Material} material */
function disposeMaterial(material) {
  for (const texture of texturesOf(material)) {
    texture.dispose();
    texture.source.data?.close?.();
  }
  material.dispose();
}

/**
 * Returns a material's textures. MToon, the material of VRMs, keeps its textures in uniforms.
 * @param {import("three").Material & {uniforms?: Record<string, {value: any}>}} material
 * @returns {import("three").Texture[]}
 */
function texturesOf(material) {
  const uniforms = Object.values(material.uniforms ?? {}).map(({ value }) => value);
  return [...Object.values(material), ...uniforms].filter((value) => value?.isTexture);
}
