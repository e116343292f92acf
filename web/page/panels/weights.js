import { Audio2FaceClient } from "audio2face-client";
import { element, setText } from "../dom.js";

/** Looks smooth and costs next to nothing. */
const UPDATE_MS = 66;

/** Shows the 52 weights as bars. Bars scale by CSS transforms, which cause no layout. */
export class WeightsPanel {
  #rows = Audio2FaceClient.BLENDSHAPES.map(createRow);
  #shown = new Float32Array(this.#rows.length).fill(-1);
  #lastUpdate = 0;
  #details = /** @type {HTMLDetailsElement} */ (element("developer"));

  constructor() {
    element("weights").append(...this.#rows.map(({ item }) => item));
    this.update(new Float32Array(this.#rows.length), Number.POSITIVE_INFINITY);
  }

  /**
   * @param {ArrayLike<number>} weights
   * @param {number} now ms
   */
  update(weights, now) {
    if (now - this.#lastUpdate < UPDATE_MS || (!this.#details.open && Number.isFinite(now))) return;
    this.#lastUpdate = Number.isFinite(now) ? now : 0;
    this.#rows.forEach(({ fill, value }, i) => {
      if (Math.abs(weights[i] - this.#shown[i]) < 0.004) return;
      this.#shown[i] = weights[i];
      fill.style.transform = `scaleX(${weights[i].toFixed(3)})`;
      setText(value, weights[i].toFixed(2));
    });
  }

  /** Strikes out shapes. @param {readonly string[]} missing shapes that the avatar does not have */
  markMissing(missing) {
    for (const { item, name } of this.#rows) {
      item.classList.toggle("missing", missing.includes(name));
      item.title = missing.includes(name) ? `${name}: not on this avatar` : "";
    }
  }
}

/** @param {string} name */
function createRow(name) {
  const [item, fill, label, value] = ["li", "i", "span", "b"].map((tag) => document.createElement(tag));
  label.textContent = name;
  item.append(fill, label, value);
  return { name, item, fill, value };
}
