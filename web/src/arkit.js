const NAMES = Object.freeze(
  /** @type {const} */ ([
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
  ]),
);

/**
 * @typedef {typeof NAMES[number]} BlendshapeName One of the 52 ARKit blendshape names.
 *
 * @typedef {{includes(name: string): boolean, indexOf(name: string): number}} StringLookup Allows searching a
 *   list of literal names for any string.
 */

/**
 * The 52 ARKit blendshapes in Apple's order. The client indexes weights by it. Data from elsewhere (server, meshes,
 * maps) is matched by name, because systems disagree on the order.
 * @type {readonly BlendshapeName[] & StringLookup}
 */
export const BLENDSHAPES = NAMES;

/** Number of weights in a frame. */
export const SHAPE_COUNT = BLENDSHAPES.length;

/** Maps names to indices in {@link BLENDSHAPES}. @type {ReadonlyMap<string, number>} */
export const SHAPE_INDEX = new Map(BLENDSHAPES.map((name, index) => [name, index]));

/**
 * Returns the index of a blendshape; throws a RangeError for other names.
 * @param {string} name
 * @returns {number}
 */
export function shapeIndex(name) {
  const index = SHAPE_INDEX.get(name);
  if (index === undefined) throw new RangeError(`${name} is not an ARKit blendshape.`);
  return index;
}
