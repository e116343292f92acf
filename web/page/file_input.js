import { element } from "./dom.js";

const MODEL = /\.(glb|gltf|vrm)$/i;

/**
 * Files that are chosen or dropped.
 * @param {{sound: (file: File) => void, model: (file: File) => void}} on
 */
export function listenForFiles(on) {
  choose("sound", on.sound);
  choose("glb", on.model);
  const view = element("view");
  let depth = 0;
  /** @param {number} change */
  const over = (change) => {
    depth = Math.max(0, depth + change);
    view.classList.toggle("over", depth > 0);
  };
  // The whole page takes them: a file that misses the picture would replace the page.
  addEventListener("dragenter", () => over(1));
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    const file = event.dataTransfer?.files[0];
    if (file) (MODEL.test(file.name) ? on.model : on.sound)(file);
  });
}

/**
 * @param {string} id
 * @param {(file: File) => void} take
 */
function choose(id, take) {
  const input = /** @type {HTMLInputElement} */ (element(id));
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    // So that the same file can be chosen again.
    if (file) take(file);
    input.value = "";
  });
}
