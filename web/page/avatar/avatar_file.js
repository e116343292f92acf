import { asSentence, Told } from "../messages.js";
import { loaderFor } from "./gltf_loader.js";

const GLB = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;

/**
 * @typedef {object} Avatar
 * @property {import("three").Object3D} object what is shown; it looks along +z
 * @property {import("@pixiv/three-vrm").VRM | null} vrm what moves it, where it is a VRM
 * @property {number} unread how many of its textures cannot be read
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
  /** @type {any} */
  let parser = null;
  loader.register((its) => {
    parser = its;
    requireWhole(its.json, name);
    return { name: "whole" };
  });
  try {
    const gltf = await loader.parseAsync(bytes, "");
    return { ...avatarOf(gltf), unread: await unreadOf(parser) };
  } catch (error) {
    throw error instanceof Told ? error : new Told(unreadable(name, error));
  } finally {
    // A worker that is still on its way would stay.
    await Promise.allSettled(Object.values(parser?.textureCache ?? {}));
    freeDecoders(loader);
  }
}

/** @param {import("three/addons/loaders/GLTFLoader.js").GLTF} gltf */
function avatarOf(gltf) {
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
 * A file that is dropped says nothing to other hosts, and has something to show.
 * @param {any} json the glTF, as the loader reads it
 * @param {string} name
 */
function requireWhole({ buffers = [], images = [], scenes = [], scene = 0 }, name) {
  const elsewhere = [...buffers, ...images].find(({ uri }) => uri !== undefined && !/^data:/i.test(uri));
  if (elsewhere)
    throw new Told(
      `${name} needs another file (${elsewhere.uri}). Export the avatar as glTF binary (.glb) or VRM: one file with everything in it.`,
    );
  if (!scenes[scene])
    throw new Told(`${name} has no scene, so there is nothing to show. Export the avatar with its scene.`);
}

/** @param {string} name @param {any} error the workers of Draco give their words alone */
const unreadable = (name, error) =>
  `${name} cannot be read: ${asSentence(String(error?.message ?? error))} Try to export it again as a GLB.`;

/** The loader leaves textures out that it cannot read. @param {{textureCache: Record<string, Promise<unknown>>}} parser */
async function unreadOf({ textureCache }) {
  const textures = await Promise.all(Object.values(textureCache));
  return textures.filter((texture) => texture === null).length;
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

/** Frees what the graphics card holds, and pictures. @param {import("three").Object3D} avatar */
export function dispose(avatar) {
  avatar.traverse((object) => {
    const { geometry, material, skeleton } = /** @type {import("three").SkinnedMesh} */ (object);
    geometry?.dispose();
    skeleton?.dispose();
    /** @type {import("three").InstancedMesh} */ (object).dispose?.();
    for (const each of [material ?? []].flat()) {
      for (const texture of texturesOf(each)) {
        texture.dispose();
        texture.source.data?.close?.();
      }
      each.dispose();
    }
  });
}

/**
 * Those of MToon, the material of VRMs, are among its uniforms.
 * @param {import("three").Material & {uniforms?: Record<string, {value: any}>}} material
 * @returns {import("three").Texture[]}
 */
function texturesOf(material) {
  const uniforms = Object.values(material.uniforms ?? {}).map(({ value }) => value);
  return [...Object.values(material), ...uniforms].filter((value) => value?.isTexture);
}
