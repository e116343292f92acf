/** Has all 52 ARKit shapes. Made by `python -m tools.head` (docs/head.md). */
const HEAD = new URL("../../avatar/head.glb", import.meta.url);
/** Scale and height that frame the head from the hair to the shoulders. */
const [UNITS_PER_METRE, HEIGHT] = [9.2, -0.12];

/**
 * Fetches the built-in head.
 * @returns {Promise<File>} a GLB; rejects if it can't be fetched
 */
export async function fetchBuiltInHead() {
  const response = await fetch(HEAD);
  if (!response.ok) throw new Error(`head.glb: ${response.status}`);
  return new File([await response.blob()], "head.glb", { type: "model/gltf-binary" });
}

/**
 * Places the built-in head in front of the camera. Other avatars are placed by frameHead().
 * @param {import("three").Object3D} head
 */
export function placeBuiltInHead(head) {
  head.scale.setScalar(UNITS_PER_METRE);
  head.position.y = HEIGHT;
  return head;
}
