import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { Told } from "../messages.js";

/** What the loader reads. A file that needs another cannot be shown as it is meant. */
const MATERIALS =
  "anisotropy|clearcoat|diffuse_roughness|dispersion|emissive_strength|ior|iridescence|sheen|specular|transmission|unlit|volume";
const KHR = `materials_(${MATERIALS})|texture_(basisu|transform)|lights_punctual|mesh_quantization|meshopt_compression|draco_mesh_compression`;
const EXT = "texture_webp|texture_avif|meshopt_compression|mesh_gpu_instancing|materials_bump";
const KNOWN = new RegExp(`^(KHR_(${KHR})|EXT_(${EXT})|VRM\\w*)$`);

/**
 * A loader that reads what a file has. Decoders that few files need are fetched when one does: for KTX2 textures 0.7 MB,
 * for Draco 0.3 MB, for VRM 0.2 MB.
 * @param {{used: string[], required: string[]}} extensions of the file
 * @param {string} name of the file
 * @param {import("three").WebGLRenderer | null} renderer says which textures the graphics card takes
 */
export async function loaderFor({ used, required }, name, renderer) {
  const unknown = required.find((extension) => !KNOWN.test(extension));
  if (unknown)
    throw new Told(`${name} needs ${unknown}, which this page cannot read. Export it without that.`);
  const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
  if (used.includes("KHR_texture_basisu") && renderer) loader.setKTX2Loader(await ktx2(renderer));
  if (used.includes("KHR_draco_mesh_compression")) loader.setDRACOLoader(await draco());
  if (used.some((extension) => /^VRM(C_vrm)?$/.test(extension))) await addVrm(loader);
  return loader;
}

/** @param {import("three").WebGLRenderer} renderer */
async function ktx2(renderer) {
  const { KTX2Loader } = await import("three/addons/loaders/KTX2Loader.js");
  return new KTX2Loader().setWorkerLimit(1).detectSupport(renderer);
}

async function draco() {
  const { DRACOLoader, DRACO_GLTF_CONFIG } = await import("three/addons/loaders/DRACOLoader.js");
  return new DRACOLoader().setWorkerLimit(1).setDecoderPath(DRACO_GLTF_CONFIG);
}

/** @param {GLTFLoader} loader */
async function addVrm(loader) {
  const { VRMLoaderPlugin } = await import("@pixiv/three-vrm");
  loader.register((parser) => new VRMLoaderPlugin(parser));
}
