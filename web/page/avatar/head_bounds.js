import { Box3, Vector3 } from "three";

/** @typedef {import("three").Object3D} Object3D @typedef {import("three").SkinnedMesh} SkinnedMesh */

const HEAD_BONE = /head$/i;

/**
 * Returns the bounds of all that moves with the head bone: skinned vertices and meshes below the bone.
 * @param {Object3D} avatar with up-to-date world matrices
 * @returns {Box3} empty if there is no head bone
 */
export function headBounds(avatar) {
  const box = new Box3();
  const head = findHeadBone(avatar);
  if (!head) return box;
  /** @type {Set<Object3D>} */
  const headNodes = new Set();
  head.traverse((object) => headNodes.add(object));
  avatar.traverse((object) => {
    const mesh = /** @type {SkinnedMesh} */ (object);
    if (mesh.isSkinnedMesh) addSkinned(mesh, headNodes, box);
    else if (mesh.isMesh && headNodes.has(mesh)) box.expandByObject(mesh);
  });
  return box;
}

/** @param {Object3D} avatar @returns {Object3D | null} */
function findHeadBone(avatar) {
  /** @type {Object3D | null} */
  let head = null;
  avatar.traverse((object) => {
    const { isMesh } = /** @type {import("three").Mesh} */ (object);
    if (!head && !isMesh && HEAD_BONE.test(object.name)) head = object;
  });
  return head;
}

/**
 * Expands a box by the vertices that mostly follow some bones.
 * @param {SkinnedMesh} mesh
 * @param {ReadonlySet<Object3D>} bones
 * @param {Box3} box
 */
function addSkinned(mesh, bones, box) {
  const { skinIndex, skinWeight, position } = mesh.geometry.attributes;
  const follows = mesh.skeleton.bones.map((bone) => bones.has(bone));
  const vertex = new Vector3();
  for (let i = 0; i < position.count; i++) {
    let share = 0;
    for (let k = 0; k < 4; k++)
      if (follows[skinIndex.getComponent(i, k)]) share += skinWeight.getComponent(i, k);
    if (share > 0.5) box.expandByPoint(mesh.getVertexPosition(i, vertex).applyMatrix4(mesh.matrixWorld));
  }
}
