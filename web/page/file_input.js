import { element } from "./dom.js";

const AVATAR = /\.(glb|gltf|vrm)$/i;
const PHOTO = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif|hei[cf])$/i;

/**
 * Reports files that the visitor chooses or drops.
 * @param {Record<"audio" | "avatar" | "photo", (file: File) => void>} on
 */
export function wireFileInputs(on) {
  onFileChosen("audio-file", on.audio);
  onFileChosen("avatar-file", on.avatar);
  onFileChosen("photo-file", on.photo);
  highlightDrag();
  // The whole page accepts drops: a file dropped beside the view would otherwise replace the page.
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) on[kindOf(file)](file);
  });
}

/** @param {File} file */
function kindOf({ name, type }) {
  if (AVATAR.test(name)) return "avatar";
  return PHOTO.test(name) || type.startsWith("image/") ? "photo" : "audio";
}

/** Shows the drop target while a file is dragged over the page. */
function highlightDrag() {
  const view = element("view");
  let depth = 0;
  /** @param {number} next how many nested elements the pointer is in */
  const update = (next) => {
    depth = Math.max(0, next);
    view.classList.toggle("over", depth > 0);
  };
  addEventListener("dragenter", () => update(depth + 1));
  addEventListener("dragleave", () => update(depth - 1));
  addEventListener("drop", () => update(0));
}

/**
 * @param {string} id
 * @param {(file: File) => void} callback
 */
function onFileChosen(id, callback) {
  const input = /** @type {HTMLInputElement} */ (element(id));
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) callback(file);
    // Allows the same file to be chosen again.
    input.value = "";
  });
}
