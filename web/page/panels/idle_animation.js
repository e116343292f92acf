import { element, setText } from "../dom.js";

const DESCRIPTION = "Blinks, breathing, small head and eye movements, eye contact, and nods while speaking.";
const REDUCED_MOTION = "Off, because your device is set to reduce motion.";

/**
 * Wires the checkbox of the idle animation.
 * @param {import("audio2face-client").Audio2FaceClient} client
 * @param {import("three").Camera} camera which the eyes look at
 */
export function wireIdleAnimation(client, camera) {
  const box = /** @type {HTMLInputElement} */ (element("idle"));
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  const update = () => {
    box.disabled = reduced.matches;
    setText(element("idle-hint"), reduced.matches ? REDUCED_MOTION : DESCRIPTION);
    client.configure({ life: box.checked ? { camera } : false });
  };
  // The client respects the preference without this; the checkbox only reflects it.
  reduced.addEventListener("change", () => {
    box.checked = !reduced.matches;
    update();
  });
  box.checked = !reduced.matches;
  box.addEventListener("change", update);
  update();
}
