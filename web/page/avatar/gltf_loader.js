import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { UserError } from "../messages.js";

/** The supported extensions. A file that requires any other can't be shown as intended. */
const MATERIALS =
  "anisotropy|clearcoat|diffuse_roughness|dispersion|emissive_strength|ior|iridescence|sheen|specular|transmission|unlit|volume";
const KHR = `materials_(${MATERIALS})|texture_(basisu|transform)|lights_punctual|mesh_quantization|meshopt_compression|draco_mesh_compression`;
const EXT = "texture_webp|texture_avif|meshopt_compression|mesh_gpu_instancing|materials_bump";
const SUPPORTED = new RegExp(`^(KHR_(${KHR})|EXT_(${EXT})|VRM\\w*)$`);

/**
 * Creates a loader for a file. The larger decoders are fetched only if the file needs them: 0.7 MB for KTX2 textures,
 * 0.3 MB for Draco, 0.2 MB for VRM.
 * @param {{used: string[], required: string[]}} extensions of the file
 * @param {string} name of the file
 * @param {import("three").WebGLRenderer | null} renderer tells which texture formats the GPU supports
 */
export async function createLoader({ used, required }, name, renderer) {
  const unsupported = required.find((extension) => !SUPPORTED.test(extension));
  if (unsupported)
    throw new UserError(
      `${name} needs ${unsupported}, which this page does not support. Export it without that extension.`,
    );
  const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
  if (used.includes("KHR_texture_basisu") && renderer) loader.setKTX2Loader(await ktx2Loader(renderer));
  if (used.includes("KHR_draco_mesh_compression")) loader.setDRACOLoader(await dracoLoader());
  if (used.some((extension) => /^VRM(C_vrm)?$/.test(extension))) await addVrm(loader);
  return loader;
}

/** @param {import("three").WebGLRenderer} renderer */
async function ktx2Loader(renderer) {
  const { KTX2Loader } = await import("three/addons/loaders/KTX2Loader.js");
  return startedFromFile(new KTX2Loader()).setWorkerLimit(1).detectSupport(renderer);
}

/**
 * Makes a loader start its worker from a file (blob_worker.js says why).
 * @template {object} Loader
 * @param {Loader} loader
 */
function startedFromFile(loader) {
  const file = new URL("./blob_worker.js", import.meta.url);
  let blob = "";
  return Object.defineProperty(loader, "workerSourceURL", {
    get: () => blob && `${file}#${blob}`,
    set: (/** @type {string} */ url) => {
      blob = url;
    },
  });
}

async function dracoLoader() {
  const { DRACOLoader, DRACO_GLTF_CONFIG } = await import("three/addons/loaders/DRACOLoader.js");
  return new DRACOLoader().setWorkerLimit(1).setDecoderPath(DRACO_GLTF_CONFIG);
}

/** @param {GLTFLoader} loader */
async function addVrm(loader) {
  const { VRMLoaderPlugin } = await import("@pixiv/three-vrm");
  loader.register((parser) => new VRMLoaderPlugin(parser));
}
