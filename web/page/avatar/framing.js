import { Box3, Group, MathUtils, Vector3 } from "three";
import { followersOf } from "./head_bounds.js";

const { clamp } = MathUtils;

/** Targets that together move the face from the brows to the chin. */
const TELLING = /jaw_?open|blink|brow|viseme_(aa|o$)|mouth_?open|mth_a$|^aa?$/i;
/** Those that reach down to the chin. */
const CHINWARD = /jaw|viseme|mouth|mth|^aa?$/i;
/** A vertex belongs to the face when it moves by this share of the target's largest movement. */
const MOVES = 0.05;
/** Chin, and chin to crown, of the built-in head, so that any avatar fits the same camera. */
const CHIN = new Vector3(0, -1.08, 0.6);
const HEAD_HEIGHT = 2.35;
/** The crown is looked for between so many heights of the face above the chin: arms and wings may be higher. */
const CROWN = [1.4, 2.6];

/** Whether there is nothing to see. @param {import("three").Object3D} avatar */
export function isEmpty(avatar) {
  let count = 0;
  avatar.traverse((object) => {
    count += /** @type {import("three").Mesh} */ (object).geometry?.attributes.position?.count ?? 0;
  });
  return count === 0;
}

/**
 * Wraps an avatar of any size so that its head comes where the built-in one is. One without a size stays as it is.
 * @param {import("three").Object3D} avatar
 */
export function framed(avatar) {
  const frame = new Group();
  frame.add(avatar);
  frame.updateWorldMatrix(true, true);
  const shown = faceBox(avatar);
  const face = shown ?? headBox(avatar);
  const scale = HEAD_HEIGHT / Math.max(1e-6, shown ? headHeight(avatar, shown) : face.max.y - face.min.y);
  // The front of the face, not the middle of the head, is what all avatars have in common.
  const chin = face.getCenter(new Vector3()).setY(face.min.y).setZ(face.max.z);
  if (![scale, ...chin].every(Number.isFinite)) return frame;
  frame.scale.setScalar(scale);
  frame.position.copy(CHIN).addScaledVector(chin, -scale);
  return frame;
}

/** From chin to crown. @param {import("three").Object3D} avatar @param {Box3} face */
function headHeight(avatar, face) {
  const height = face.max.y - face.min.y;
  const crown = new Box3().setFromObject(avatar).max.y - face.min.y;
  return clamp(crown, CROWN[0] * height, CROWN[1] * height);
}

/** What targets show of the face, if they show its chin. @param {import("three").Object3D} avatar */
function faceBox(avatar) {
  const box = new Box3();
  let chin = false;
  avatar.traverse((object) => {
    const mesh = /** @type {import("three").Mesh} */ (object);
    const targets = Object.keys((mesh.isMesh && mesh.morphTargetDictionary) || {});
    if (targets.length > 0) addMoved(mesh, box);
    else if (/eye/i.test(object.name) && /** @type {any} */ (object).isBone)
      box.expandByPoint(object.getWorldPosition(new Vector3()));
    chin ||= targets.some((name) => TELLING.test(name) && CHINWARD.test(name));
  });
  return chin && !box.isEmpty() ? box : null;
}

/** Where no target shows the face: all of the head. @param {import("three").Object3D} avatar */
function headBox(avatar) {
  const box = followersOf(avatar);
  return box.isEmpty() ? upperPart(new Box3().setFromObject(avatar)) : box;
}

/** Adds what the telling targets of a mesh move. @param {import("three").Mesh} mesh @param {Box3} box */
function addMoved(mesh, box) {
  const { position: targets } = mesh.geometry.morphAttributes;
  const vertex = new Vector3();
  for (const [name, index] of Object.entries(mesh.morphTargetDictionary ?? {})) {
    const target = targets?.[index];
    if (!target || !TELLING.test(name)) continue;
    const lengths = movements(target, mesh);
    const least = MOVES * lengths.reduce((most, length) => Math.max(most, length), 1e-9);
    lengths.forEach((length, i) => {
      if (length > least) box.expandByPoint(mesh.getVertexPosition(i, vertex).applyMatrix4(mesh.matrixWorld));
    });
  }
}

/**
 * How far each vertex moves.
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

/** The head of something without morph targets: its top eighth. @param {Box3} box */
function upperPart(box) {
  box.min.y += (box.max.y - box.min.y) * 0.87;
  return box;
}
