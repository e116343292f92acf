/** All 52 ARKit shapes; made by `python -m tools.head` (docs/head.md). */
const HEAD = new URL("../../avatar/head.glb", import.meta.url);
/** Where the camera sees it from the hair to the shoulders. */
const [UNITS_PER_METRE, HEIGHT] = [9.2, -0.12];

/**
 * The built-in head.
 * @returns {Promise<File>} a GLB; rejects when it is not there
 */
export async function ownHead() {
  const answer = await fetch(HEAD);
  if (!answer.ok) throw new Error(`head.glb: ${answer.status}`);
  return new File([await answer.blob()], "head.glb", { type: "model/gltf-binary" });
}

/**
 * Puts the built-in head where the camera looks; framed() puts all others there.
 * @param {import("three").Object3D} head
 */
export function placed(head) {
  head.scale.setScalar(UNITS_PER_METRE);
  head.position.y = HEIGHT;
  return head;
}
