import { requireArgument } from "../errors.js";

/** @import { BoneLike, MorphMesh, VrmLike } from "../types.js" */

/** Collects everything in a scene, a glTF, a mesh or a VRM that could move a face. */
export class SceneParts {
  /** Excludes meshes of VRMs, which are moved by expressions. @type {Set<MorphMesh>} */
  meshes = new Set();
  /** Nodes with a position and orientation. @type {Set<BoneLike>} */
  bones = new Set();
  /** Bones that move a mesh. @type {Set<unknown>} */
  skinned = new Set();
  /** Number of meshes of any kind, with or without morph targets. */
  meshCount = 0;
  /** @type {Set<VrmLike>} */
  vrms = new Set();

  /** @param {unknown} target a scene, a glTF, a mesh, a VRM, or an array of them */
  constructor(target) {
    for (const root of Array.isArray(target) ? target : [target]) {
      requireArgument(
        root && typeof root === "object",
        "initializeWithScene() needs a scene, a mesh or a VRM.",
      );
      this.#add(root);
    }
    for (const vrm of this.vrms) this.#forget(vrm);
  }

  /** @param {any} root */
  #add(root) {
    const vrm = vrmOf(root);
    if (vrm) this.vrms.add(vrm);
    const tree = typeof root.traverse === "function" ? root : root.scene;
    tree?.updateWorldMatrix?.(true, true);
    if (vrm) return;
    if (tree) tree.traverse((/** @type {any} */ object) => this.#visit(object));
    else this.#visit(root);
  }

  /** @param {any} object */
  #visit(object) {
    const vrm = vrmOf(object);
    if (vrm) this.vrms.add(vrm);
    if (object?.isMesh || object?.morphTargetInfluences) this.meshCount++;
    for (const bone of object?.skeleton?.bones ?? []) this.skinned.add(bone);
    if (object?.morphTargetDictionary && object.morphTargetInfluences) this.meshes.add(object);
    else if (object?.quaternion && object.name && !object.isMesh) this.bones.add(object);
  }

  /** @param {VrmLike} vrm */
  #forget(vrm) {
    vrm.scene?.traverse?.((/** @type {any} */ object) => {
      this.meshes.delete(object);
      this.bones.delete(object);
    });
  }
}

/** @param {any} root @returns {VrmLike | null} */
export function vrmOf(root) {
  if (root?.humanoid && root.scene) return root;
  return root?.userData?.vrm ?? null;
}
