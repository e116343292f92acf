import { Box3, Vector3 } from "three";

/** @typedef {import("three").Object3D} Object3D @typedef {import("three").SkinnedMesh} SkinnedMesh */

const HEAD = /head$/i;

/**
 * Where all is that goes with the head of a skeleton, whether its nodes are bones of a skin or not.
 * @param {Object3D} avatar with world matrices that are right
 * @returns {Box3} empty if it has no such bone
 */
export function followersOf(avatar) {
  const box = new Box3();
  const head = headOf(avatar);
  if (!head) return box;
  /** @type {Set<Object3D>} */
  const followers = new Set();
  head.traverse((object) => followers.add(object));
  avatar.traverse((object) => {
    const mesh = /** @type {SkinnedMesh} */ (object);
    if (mesh.isSkinnedMesh) addSkinned(mesh, followers, box);
    else if (mesh.isMesh && followers.has(mesh)) box.expandByObject(mesh);
  });
  return box;
}

/** @param {Object3D} avatar @returns {Object3D | null} */
function headOf(avatar) {
  /** @type {Object3D | null} */
  let head = null;
  avatar.traverse((object) => {
    const { isMesh } = /** @type {import("three").Mesh} */ (object);
    if (!head && !isMesh && HEAD.test(object.name)) head = object;
  });
  return head;
}

/**
 * Adds the vertices that mostly follow some bones.
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
