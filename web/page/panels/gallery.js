import { element } from "../dom.js";

/** The tiles, by what they load. */
const TILES = {
  builtIn: element("built-in-head"),
  painting: element("portrait-sample"),
  photo: labelOf("photo-file"),
  file: labelOf("avatar-file"),
};

/**
 * Marks the tile of the avatar on the stage.
 * @param {import("../avatar/avatar_loader.js").LoadedAvatar} avatar
 * @param {boolean} painting whether it is the painting
 */
export function showChosen({ kind, builtIn }, painting) {
  const made = kind === "portrait" ? "photo" : "file";
  const chosen = builtIn ? "builtIn" : painting ? "painting" : made;
  for (const [name, tile] of Object.entries(TILES)) {
    tile.classList.toggle("chosen", name === chosen);
    if (tile instanceof HTMLButtonElement) tile.ariaPressed = String(name === chosen);
  }
}

/** @param {string} id of a file input @returns {HTMLElement} */
function labelOf(id) {
  return /** @type {HTMLElement} */ (document.querySelector(`label[for="${id}"]`));
}
