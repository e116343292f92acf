import { element, say } from "../dom.js";

const USUAL = "Blinks, breath, small moves of head and eyes, a look at the camera, nods while it speaks.";
const CALM = "Off, because this device asks for less motion.";

/**
 * The switch for what the face does by itself.
 * @param {import("audio2face-client").Audio2FaceClient} client
 * @param {import("three").Camera} camera what the eyes look at
 */
export function wireLife(client, camera) {
  const box = /** @type {HTMLInputElement} */ (element("life"));
  const less = matchMedia("(prefers-reduced-motion: reduce)");
  const follow = () => {
    box.disabled = less.matches;
    say(element("life-why"), less.matches ? CALM : USUAL);
    client.configure({ life: box.checked ? { camera } : false });
  };
  // The client itself stands still where less motion is wanted; the box only says so.
  less.addEventListener("change", () => {
    box.checked = !less.matches;
    follow();
  });
  box.checked = !less.matches;
  box.addEventListener("change", follow);
  follow();
}
