/**
 * The 52 ARKit blendshapes in Apple's order. Everything inside the client is indexed by it; what comes from
 * elsewhere (server, meshes, maps) is matched by name, because no two systems agree on an order.
 * @type {readonly string[]}
 */
export const BLENDSHAPES = Object.freeze([
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
]);

/** How many weights a frame has. */
export const SHAPE_COUNT = BLENDSHAPES.length;

/** Name → index in {@link BLENDSHAPES}. @type {ReadonlyMap<string, number>} */
export const SHAPE_INDEX = new Map(BLENDSHAPES.map((name, index) => [name, index]));

/**
 * The index of a shape that is known to exist.
 * @param {string} name
 * @returns {number}
 */
export function shapeIndex(name) {
  const index = SHAPE_INDEX.get(name);
  if (index === undefined) throw new RangeError(`${name} is not an ARKit blendshape.`);
  return index;
}
