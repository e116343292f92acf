import { Quaternion, Vector3 } from "three";

/** @typedef {import("three").Object3D} Object3D */

/** Names of upper arms, such as LeftArm, upperarm_l, lShldrBend, J_Bip_L_UpperArm and upper_arm.L. */
const UPPER_ARM = /upper_?arm|(left|right)_?arm$|shldr(bend)?$/i;
/** Bones inside an upper arm, and the arms' names in rigs for animators. */
const NO_BONE = /twist|roll|share|ik|fk|mch|def_?helper/i;
/** Names of what follows an upper arm. */
const LOWER_ARM = /fore_?arm|lower_?arm|elbow/i;
/** Arms that hang lower than this need no change: degrees below the horizontal. */
const LOW = 60;
/** Where raised arms are put: degrees below the horizontal. */
const HANGING = 76;

/**
 * Lowers the arms of a humanoid out of its T-pose or A-pose.
 * @param {Object3D} avatar
 * @param {import("@pixiv/three-vrm").VRM | null} [vrm] whose own skeleton would overwrite the avatar's bones
 */
export function lowerArms(avatar, vrm = null) {
  avatar.updateWorldMatrix(true, true);
  if (vrm?.humanoid) lowerVrm(vrm.humanoid);
  else for (const [upper, lower] of armsOf(avatar)) lowerArm(upper, lower);
  avatar.updateWorldMatrix(true, true);
}

/** @param {NonNullable<import("@pixiv/three-vrm").VRM["humanoid"]>} humanoid */
function lowerVrm(humanoid) {
  for (const side of /** @type {const} */ (["left", "right"])) {
    const upper = humanoid.getNormalizedBoneNode(`${side}UpperArm`);
    const lower = humanoid.getNormalizedBoneNode(`${side}LowerArm`);
    upper?.updateWorldMatrix(true, true);
    if (upper && lower) lowerArm(upper, lower);
  }
  humanoid.update();
}

/** Returns the upper arms, each with its lower arm. @param {Object3D} avatar @returns {[Object3D, Object3D][]} */
function armsOf(avatar) {
  /** @type {[Object3D, Object3D][]} */
  const arms = [];
  avatar.traverse((bone) => {
    const { isMesh } = /** @type {import("three").Mesh} */ (bone);
    if (isMesh || !UPPER_ARM.test(bone.name) || NO_BONE.test(bone.name) || LOWER_ARM.test(bone.name)) return;
    const lower = findLower(bone);
    if (lower) arms.push([bone, lower]);
  });
  return arms;
}

/** @param {Object3D} upper @returns {Object3D | null} */
function findLower(upper) {
  /** @type {Object3D | null} */
  let found = null;
  upper.traverse((bone) => {
    if (!found && LOWER_ARM.test(bone.name) && !NO_BONE.test(bone.name)) found = bone;
  });
  return found;
}

/** @param {Object3D} upper @param {Object3D} lower below it, with up-to-date world matrices */
function lowerArm(upper, lower) {
  const arm = lower.getWorldPosition(new Vector3()).sub(upper.getWorldPosition(new Vector3())).normalize();
  const aside = new Vector3(arm.x, 0, arm.z);
  if (arm.y < -sine(LOW) || aside.lengthSq() < 1e-6) return;
  const hanging = aside.setLength(Math.sqrt(1 - sine(HANGING) ** 2)).setY(-sine(HANGING));
  const turn = new Quaternion().setFromUnitVectors(arm, hanging);
  const parent = upper.parent?.getWorldQuaternion(new Quaternion()) ?? new Quaternion();
  // The turn is in world axes, the bone's rotation in those of its parent.
  upper.quaternion.premultiply(parent.clone().invert().multiply(turn).multiply(parent));
  upper.updateWorldMatrix(false, true);
}

/** @param {number} degrees */
const sine = (degrees) => Math.sin((degrees * Math.PI) / 180);
