import { Box3, Group, MathUtils, Vector3 } from "three";
import { headBounds } from "./head_bounds.js";

const { clamp } = MathUtils;

/** Morph targets that together move the face from the brows to the chin. */
const FACE_TARGETS = /jaw_?open|blink|brow|viseme_(aa|o$)|mouth_?open|mth_a$|^aa?$/i;
/** Morph targets that reach down to the chin. */
const CHIN_TARGETS = /jaw|viseme|mouth|mth|^aa?$/i;
/** A vertex belongs to the face if it moves by at least this share of the target's largest movement. */
const MIN_MOVEMENT = 0.05;
/** Position of the chin and height of the head of the built-in head: every avatar is scaled to fit the same camera. */
const CHIN = new Vector3(0, -1.08, 0.6);
const HEAD_HEIGHT = 2.35;
/** Limits of a head's height, in heights of the face. Raised arms and wings may be higher than the crown. */
const HEAD_PER_FACE = [1.4, 2.6];

/** Returns whether an avatar has no vertices. @param {import("three").Object3D} avatar */
export function isEmpty(avatar) {
  let count = 0;
  avatar.traverse((object) => {
    count += /** @type {import("three").Mesh} */ (object).geometry?.attributes.position?.count ?? 0;
  });
  return count === 0;
}

/**
 * Wraps an avatar of any size in a group that puts its head where the built-in head is. An avatar without a size is
 * left as it is.
 * @param {import("three").Object3D} avatar
 */
export function frameHead(avatar) {
  const frame = new Group();
  frame.add(avatar);
  frame.updateWorldMatrix(true, true);
  const face = faceBox(avatar);
  const box = face ?? headBox(avatar);
  const scale = HEAD_HEIGHT / Math.max(1e-6, face ? headHeight(avatar, face) : box.max.y - box.min.y);
  // Avatars are aligned by the front of the face: the middle of the head depends on the hair.
  const chin = box.getCenter(new Vector3()).setY(box.min.y).setZ(box.max.z);
  if (![scale, ...chin].every(Number.isFinite)) return frame;
  frame.scale.setScalar(scale);
  frame.position.copy(CHIN).addScaledVector(chin, -scale);
  return frame;
}

/** Returns the height from chin to crown. @param {import("three").Object3D} avatar @param {Box3} face */
function headHeight(avatar, face) {
  const height = face.max.y - face.min.y;
  const crown = new Box3().setFromObject(avatar).max.y - face.min.y;
  return clamp(crown, HEAD_PER_FACE[0] * height, HEAD_PER_FACE[1] * height);
}

/** Returns the bounds of what morph targets move, or null if none moves the chin. @param {import("three").Object3D} avatar */
function faceBox(avatar) {
  const box = new Box3();
  let chin = false;
  avatar.traverse((object) => {
    const mesh = /** @type {import("three").Mesh} */ (object);
    const targets = Object.keys((mesh.isMesh && mesh.morphTargetDictionary) || {});
    if (targets.length > 0) addMoved(mesh, box);
    else if (/eye/i.test(object.name) && /** @type {any} */ (object).isBone)
      box.expandByPoint(object.getWorldPosition(new Vector3()));
    chin ||= targets.some((name) => FACE_TARGETS.test(name) && CHIN_TARGETS.test(name));
  });
  return chin && !box.isEmpty() ? box : null;
}

/** Returns the bounds of the whole head, for avatars without face targets. @param {import("three").Object3D} avatar */
function headBox(avatar) {
  const box = headBounds(avatar);
  return box.isEmpty() ? upperPart(new Box3().setFromObject(avatar)) : box;
}

/** Expands a box by the vertices that the face targets of a mesh move. @param {import("three").Mesh} mesh @param {Box3} box */
function addMoved(mesh, box) {
  const { position: targets } = mesh.geometry.morphAttributes;
  const vertex = new Vector3();
  for (const [name, index] of Object.entries(mesh.morphTargetDictionary ?? {})) {
    const target = targets?.[index];
    if (!target || !FACE_TARGETS.test(name)) continue;
    const lengths = movements(target, mesh);
    const least = MIN_MOVEMENT * lengths.reduce((most, length) => Math.max(most, length), 1e-9);
    lengths.forEach((length, i) => {
      if (length > least) box.expandByPoint(mesh.getVertexPosition(i, vertex).applyMatrix4(mesh.matrixWorld));
    });
  }
}

/**
 * Returns how far a morph target moves each vertex.
 * @param {import("three").BufferAttribute | import("three").InterleavedBufferAttribute} target
 * @param {import("three").Mesh} mesh
 */
function movements(target, mesh) {
  const { position } = mesh.geometry.attributes;
  const relative = mesh.geometry.morphTargetsRelative;
  const [moved, rest] = [new Vector3(), new Vector3()];
  return Float32Array.from({ length: target.count }, (_, i) => {
    moved.fromBufferAttribute(target, i);
    return relative ? moved.length() : moved.distanceTo(rest.fromBufferAttribute(position, i));
  });
}

/** Cuts a box to its top eighth: about the head of a standing figure. @param {Box3} box */
function upperPart(box) {
  box.min.y += (box.max.y - box.min.y) * 0.87;
  return box;
}
