import { HAIR } from "./colors.js";
import { add, lerp, smooth, subtract, vec } from "./math.js";
import { patch } from "./patch.js";
import { skinBehind } from "./skull.js";

/** @typedef {import("./patch.js").Cell} Cell */

/** The left brow: a tapered roll that slides over the forehead. */
export function brow() {
  return patch(
    {
      name: "browLeft",
      rows: 20,
      columns: 10,
      ring: true,
      vertexAt: (/** @type {Cell} */ { t, turn }) => {
        const thickness = Math.sqrt(Math.sin(Math.PI * lerp(0.04, 0.995, t ** 0.8)));
        const off = vec(0, 0.05 * thickness * Math.sin(turn), 0.03 * thickness * Math.cos(turn) + 0.008);
        return { at: add(middle(t), off), color: HAIR, t };
      },
    },
    {
      browDownLeft: shift((t) => [-0.035 * (1 - t), -0.13 + 0.06 * t]),
      browInnerUp: shift((t) => [0.01, 0.1 * (1 - t) ** 1.4]),
      browOuterUpLeft: shift((t) => [0, 0.11 * smooth(0, 0.8, t)]),
    },
  );
}

/** The line along the brow, from its inner end. @param {number} t */
function middle(t, dx = 0, dy = 0) {
  const height = 0.56 + 0.09 * Math.sin(Math.PI * (0.15 + 0.75 * t)) - 0.06 * t;
  return skinBehind(lerp(0.15, 0.6, t) + dx, height + dy);
}

/** @param {(t: number) => [number, number]} move */
function shift(move) {
  return (/** @type {{ t: number }} */ { t }) => subtract(middle(t, ...move(t)), middle(t));
}
