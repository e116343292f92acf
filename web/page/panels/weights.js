import { Audio2FaceClient } from "audio2face-client";
import { element, say } from "../dom.js";

/** Often enough to look alive, seldom enough to cost nothing. */
const EVERY_MS = 66;

/** The 52 weights as bars. They grow by transforms, so no layout happens. */
export class Weights {
  #rows = Audio2FaceClient.BLENDSHAPES.map(row);
  #shown = new Float32Array(this.#rows.length).fill(-1);
  #last = 0;

  constructor() {
    element("weights").append(...this.#rows.map(({ item }) => item));
    this.show(new Float32Array(this.#rows.length), Number.POSITIVE_INFINITY);
  }

  /**
   * @param {ArrayLike<number>} weights
   * @param {number} now ms
   */
  show(weights, now) {
    if (now - this.#last < EVERY_MS) return;
    this.#last = Number.isFinite(now) ? now : 0;
    this.#rows.forEach(({ fill, value }, i) => {
      if (Math.abs(weights[i] - this.#shown[i]) < 0.004) return;
      this.#shown[i] = weights[i];
      fill.style.transform = `scaleX(${weights[i].toFixed(3)})`;
      say(value, weights[i].toFixed(2));
    });
  }

  /** @param {readonly string[]} missing shapes that the avatar does not have */
  mark(missing) {
    for (const { item, name } of this.#rows) {
      item.classList.toggle("missing", missing.includes(name));
      item.title = missing.includes(name) ? `${name}: not on this avatar` : "";
    }
  }
}

/** @param {string} name */
function row(name) {
  const [item, fill, label, value] = ["li", "i", "span", "b"].map((tag) => document.createElement(tag));
  label.textContent = name;
  item.append(fill, label, value);
  return { name, item, fill, value };
}
