import { Group } from "three";
import { DISTANCE, LOOK_AT } from "./view.js";

/**
 * @typedef {object} PortraitInfo What a portrait's GLB says about its picture.
 * @property {number} width of the picture in the plane z = 0, in the GLB's units
 * @property {number} height
 * @property {number} distance of the camera whose view is exactly the picture
 */

/** Returns what an avatar says about its picture, or null if it is not a portrait. @param {import("three").Object3D} avatar */
export function portraitInfo(avatar) {
  /** @type {PortraitInfo | null} */
  let info = null;
  avatar.traverse(({ userData }) => {
    const { width, height, distance } = userData.portrait ?? {};
    if ([width, height, distance].every((value) => value > 0 && Number.isFinite(value)))
      info ??= { width, height, distance };
  });
  return info;
}

/**
 * Wraps a portrait in a group that puts its picture in front of the camera.
 * @param {import("three").Object3D} portrait
 * @param {PortraitInfo} info
 * @returns {{object: Group, picture: import("./view.js").Picture}} picture: its size on the stage
 */
export function placePortrait(portrait, { width, height, distance }) {
  const scale = DISTANCE / distance;
  const object = new Group().add(portrait);
  object.scale.setScalar(scale);
  object.position.copy(LOOK_AT);
  return { object, picture: { width: width * scale, height: height * scale } };
}
